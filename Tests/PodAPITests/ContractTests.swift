import BundleModel
import BundleStore
import JSON
import LegacyStore
import TestSupport
import Testing

@testable import PodAPI

@Suite("Every answer has the form that the OpenAPI document describes")
struct ContractTests {
  /// What is wrong with an answer by the description of its route; nil when nothing is.
  private static func complaint(about answer: APIAnswer, of route: Route) throws -> String? {
    guard let spec = route.documentedResponses.first(where: { $0.status == answer.status }) else {
      return "status \(answer.status) is not described"
    }
    for header in spec.headers where answer.headers[header.name] == nil {
      return "the header \(header.name) is missing"
    }
    guard case .json(let schema) = spec.content else { return nil }
    guard case .bytes(let bytes) = answer.body else { return "no JSON body with status \(answer.status)" }
    guard answer.headers["content-type"] == "application/json; charset=utf-8" else { return "another content type" }
    return schema.complaint(about: try JSONValue(parsing: bytes))
  }

  /// Targets of a route: every choice of path values that it knows or does not know.
  private static func targets(_ route: Route) -> [String] {
    let values = [
      "slug": ["done", "failed", "running", "waiting", "nobody", "%20", "x%2F..%1B", ""],
      "fingerprint": ["f1", "f2", "%20"],
    ]
    var targets = [route.pattern.text]
    for name in route.pattern.parameters {
      targets = targets.flatMap { target in
        (values[name] ?? ["x", ""]).map { target.replacing("{\(name)}", with: $0) }
      }
    }
    return targets.flatMap { [$0, $0 + "?limit=1&tail=5&via=stream", $0 + "?limit=x&via=y&expires=z"] }
  }

  private static let bodies = [
    "", "{}", "null", "[", #"{"slug":"done"}"#, #"{"slug":"nobody"}"#, #"{"slug":"waiting","descriptor":null}"#,
    #"{"slug":"waiting","descriptor":{"module":"m","repo":"https://x/y"}}"#, #"{"slugs":["running","failed"]}"#,
    #"{"slugs":["nobody"]}"#, #"{"slug":3,"force":"x","more":[]}"#, #"{"jobId":"x","reason":"y"}"#,
  ]

  /// A pod with a bundle in each state.
  private static func fill(_ pod: StoredPod) async throws {
    for slug in ["done", "failed", "running"] {
      let answer = try await pod.ask(.post, "/job-imports/example", body: #"{"slug":"\#(slug)"}"#)
      #expect(answer.status == 202)
    }
    try await pod.complete("done")
    _ = try await pod.store.fail(try await pod.claim("failed"), errorClass: .bundle, error: "broken\u{1B}")
    _ = try await pod.claim("running")
    _ = try await pod.ask(.post, "/job-imports/example", body: #"{"slug":"waiting"}"#)
  }

  @Test(
    "with bundles in every state, whoever asks, whatever is asked, whatever is read",
    arguments: PersistenceMode.allCases)
  func everyRoute(mode: PersistenceMode) async throws {
    try await StoredPod.with(offering: ["done", "failed", "running", "waiting"], mode: mode) { pod in
      try await Self.fill(pod)
      for status in try await pod.store.statuses() { try pod.directory.write(LegacyStatus(status)) }
      try pod.folder.write("an archive", to: "legacy/artifacts/done/f1/done-1.0.tgz")
      var seen: [String: Set<Int>] = [:]
      // Reads first: the writes change what there is to read.
      let routes = RouteTable.all.filter { $0.listeners.contains(.api) }
        .sorted { ($0.method == .get ? 0 : 1) < ($1.method == .get ? 0 : 1) }
      for route in routes {
        for target in Self.targets(route) {
          for body in route.body == nil ? [""] : Self.bodies {
            for token in [RouterFixture.writeToken, RouterFixture.readToken, "nobody", nil] {
              var headers: HeaderFields = [:]
              headers["authorization"] = token.map { "Bearer \($0)" }
              let answer = await pod.router.answer(
                RouterFixture.request(route.method, target, headers: headers, body: body))
              let complaint = try Self.complaint(about: answer, of: route)
              #expect(complaint == nil, "\(route.method) \(target) \(body): \(RouterFixture.text(answer))")
              #expect(answer.status != 500, "\(route.method) \(target) \(body)")
              seen[route.operationID, default: []].insert(answer.status)
            }
          }
        }
      }
      // The description promises nothing that does not happen.
      let own: [Route] = [
        .live, .openAPI, .statusList, .importBundle, .importStatus, .loadBundles, .cancelBundle, .bundleHistory,
        .podList,
      ]
      for route in own {
        // No question here has a condition.
        for response in route.responses where response.status != 304 {
          #expect(
            seen[route.operationID]?.contains(response.status) == true, "\(route.operationID) \(response.status)")
        }
      }
    }
  }

  @Test("a database that is away is told as such, without its words")
  func databaseAway() async throws {
    let router = Router(services: try RouterFixture.services())
    for route in [
      Route.statusList, .importStatus, .bundleHistory, .podList, .importBundle, .loadBundles, .cancelBundle,
    ] {
      let target = route.pattern.text.replacing("{slug}", with: "demo")
      let body = route.operationID == "importBundle" ? #"{"slug":"demo"}"# : ""
      let answer = await router.answer(RouterFixture.request(route.method, target, body: body))
      #expect(answer.status == 503, "\(route.operationID)")
      #expect(try Self.complaint(about: answer, of: route) == nil)
      #expect(answer.headers["retry-after"] == "1")
    }
  }
}
