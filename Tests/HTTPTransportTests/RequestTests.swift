import BundleModel
import HTTPTransport
import Synchronization
import TestSupport
import Testing

/// Requests as bundletop sends them to pods, against real sockets.
@Suite struct RequestTests {
  private let client = HTTPClient()

  private func url(_ server: ScriptedServer, _ path: String = "/") -> String {
    "http://127.0.0.1:\(server.port)\(path)"
  }

  private func failure(_ request: HTTPRequest) async -> TransportError? {
    do throws(TransportError) {
      _ = try await client.send(request)
      return nil
    } catch {
      return error
    }
  }

  @Test func getsWithHeaders() async throws {
    let server = try ScriptedServer(.answer(200, headers: ["X-Kind: pod"], body: "[]"))
    defer { server.stop() }
    let response = try await client.send(
      HTTPRequest(
        .get, url(server, "/bundles?all=1"), headers: [HTTPHeader("X-Token", Secret("hush"))],
        limits: .within(.seconds(20))))
    #expect(response.status == 200 && response.isSuccess && response.body == Array("[]".utf8))
    #expect(response.headers["x-kind"] == "pod")
    #expect(server.requests.first?.line == "GET /bundles?all=1 HTTP/1.1")
    #expect(server.requests.first?.header("x-token") == "hush")
  }

  @Test func postsABodyAndHandsBackRefusals() async throws {
    let server = try ScriptedServer(.answer(409, body: "busy"))
    defer { server.stop() }
    let response = try await client.send(
      HTTPRequest(.post, url(server, "/jobs"), body: .bytes(Array("{}".utf8)), limits: .within(.seconds(20))))
    #expect(response.status == 409 && !response.isSuccess && response.body == Array("busy".utf8))
    #expect(server.requests.first?.body == Array("{}".utf8))
  }

  @Test func followsNoRedirect() async throws {
    let server = try ScriptedServer(.answer(307, headers: ["Location: /elsewhere"]))
    defer { server.stop() }
    let response = try await client.send(HTTPRequest(.get, url(server), limits: .within(.seconds(20))))
    #expect(response.status == 307 && response.headers["location"] == "/elsewhere")
    #expect(server.requests.count == 1)
  }

  @Test func readsNoMoreThanItsLimit() async throws {
    let server = try ScriptedServer(.answer(200, body: "12345"))
    defer { server.stop() }
    let request = HTTPRequest(.get, url(server), sink: .memory(limit: 4), limits: .within(.seconds(20)))
    #expect(await failure(request)?.kind == .tooLong)
    var enough = request
    enough.sink = .memory(limit: 5)
    #expect(try await client.send(enough).received == 5)
  }

  @Test func endsAtItsDeadline() async throws {
    let server = try ScriptedServer(.hang)
    defer { server.stop() }
    let request = HTTPRequest(.get, url(server), limits: .within(.milliseconds(200)))
    #expect(await failure(request)?.kind == .timeout)
  }

  @Test func streamsToAReceiver() async throws {
    let server = try ScriptedServer(.flood(200, bytes: 1 << 20))
    defer { server.stop() }
    let counter = CountingReceiver()
    let response = try await client.send(
      HTTPRequest(.get, url(server), sink: .receiver(counter), limits: .within(.seconds(60))))
    #expect(response.body.isEmpty && response.received == 1 << 20)
    #expect(counter.state == CountingReceiver.State(status: 200, bytes: 1 << 20))
  }

  /// A transfer that waits for its turn behind as many as there may be ends when its task does.
  @Test func aCancelledRequestEndsAtOnce() async throws {
    let server = try ScriptedServer(.hang)
    defer { server.stop() }
    let request = HTTPRequest(.get, url(server), limits: .within(.seconds(60)))
    let tasks = (0..<40).map { _ in Task { await failure(request)?.kind } }
    try await eventually("the first are there") { server.requests.count >= 32 }
    let late = Task { await failure(request)?.kind }
    late.cancel()
    #expect(await late.value == .cancelled)
    for task in tasks { task.cancel() }
    for task in tasks { #expect(await task.value == .cancelled) }
  }

  @Test func showsNoSecret() {
    let request = HTTPRequest(
      .get, "http://pod:8080/path?token=hush", headers: [HTTPHeader("X-Token", Secret("hush"))],
      limits: .within(.seconds(1)))
    #expect("\(request)" == "GET http://pod:8080")
    var shown = "\(request.headers)"
    dump(request, to: &shown)
    dump(request.headers, to: &shown)
    #expect(!shown.contains("hush"))
  }
}

/// Counts what comes.
private final class CountingReceiver: BodyReceiver {
  struct State: Equatable {
    var status = 0
    var bytes = 0
  }
  private let counted = Mutex(State())
  var state: State { counted.withLock { $0 } }

  func begin(status: Int, headers: HTTPHeaders) { counted.withLock { $0.status = status } }
  func write(_ piece: UnsafeRawBufferPointer) { counted.withLock { $0.bytes += piece.count } }
}
