import ArtifactStorage
import BundleModel
import BundleStore
import Postgres
import Testing

@testable import PodAPI

/// Nobody answers for the database: what is told before the stream begins.
@Suite("The route of events", .timeLimit(.minutes(2)))
struct EventsRouteTests {
  private static func answer(
    _ method: HTTPMethod = .get, _ target: String = "/events", headers: HeaderFields = [:], clients: Int = 5
  ) async throws -> APIAnswer {
    var settings = PodAPISettings(pod: "a", owner: OwnerID("o"), version: "1")
    settings.eventClients = clients
    let services = PodServices(
      settings: settings,
      store: BundleStore(try ConnectionSettings(environment: ["PGHOST": "127.0.0.1", "PGPORT": "1"])),
      artifacts: LocalArtifactStore(root: "/dev/null/none", signingSecret: Secret([1, 2, 3])),
      log: RouterFixture.silent)
    return await Router([.events], services: services).answer(
      RouterFixture.request(method, target, headers: headers))
  }

  @Test("HEAD tells what the stream would be, and asks nobody")
  func head() async throws {
    let answer = try await Self.answer(.head, clients: 0)
    #expect(answer.status == 200)
    #expect(answer.headers["content-type"] == "text/event-stream")
    #expect(answer.headers["cache-control"] == "no-store")
    guard case .empty = answer.body else { return #expect(Bool(false), "a body") }
  }

  @Test(
    "who cannot be told where it begins, or finds all seats taken, is sent elsewhere",
    arguments: [(5, "the database cannot be reached"), (0, "as many clients")])
  func refused(clients: Int, words: String) async throws {
    let answer = try await Self.answer(clients: clients)
    #expect(answer.status == 503)
    #expect(RouterFixture.text(answer).contains(words))
    #expect(answer.headers["retry-after"] == "1")
  }

  @Test(
    "what is no id of an event is a mistake of the request",
    arguments: ["abc", "1-", "1-2-3", "-1", "+1-2", "1 - 2", "99999999999999999999-1", "\(Int.max)-\(Int.max)0"])
  func malformed(id: String) async throws {
    let byHeader = try await Self.answer(headers: ["last-event-id": id])
    #expect(byHeader.status == 400)
    #expect(RouterFixture.text(byHeader).contains("last-event-id"))
    let encoded = id.replacing("+", with: "%2B").replacing(" ", with: "%20")
    #expect(try await Self.answer(.get, "/events?lastEventId=\(encoded)").status == 400)
  }

  @Test("an empty id is none, and the header is newer than the URL")
  func whichID() async throws {
    // Past the form, only the database is missing.
    #expect(try await Self.answer(headers: ["last-event-id": ""]).status == 503)
    #expect(try await Self.answer(.get, "/events?lastEventId=").status == 503)
    #expect(try await Self.answer(.get, "/events?lastEventId=x", headers: ["last-event-id": "1-2"]).status == 503)
  }
}
