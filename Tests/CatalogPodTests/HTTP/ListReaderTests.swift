import BundleModel
import HTTPTransport
import Hashing
import PodAPI
import TestSupport
import Testing

@testable import CatalogPod

@Suite("A pod reads its own listener")
struct ListReaderTests {
  private static let token = Secret("only-this-process-knows")

  /// A list of its own under the real path.
  private static func route(_ answer: APIAnswer) -> Route {
    Route(
      .get, "/examples/bundles/status", operationID: "list", summary: "", access: .scope(.read), responses: []
    ) { _, _, _ in answer }
  }

  private static func access(_ directory: TemporaryDirectory) throws -> AccessControl {
    let path = try directory.write("a read \(String(repeating: "0", count: 64))\n", to: "tokens")
    return try AccessControl(tokenFile: path, log: KeptLog().logger)
      .adding(Caller(name: "self", scopes: [.read]), token: token)
  }

  @Test("what it gets is hashed as it came, with the snapshot that the answer names")
  func reads() async throws {
    let body = Array(String(repeating: "x", count: 3_000_000).utf8)
    var answer = APIAnswer.bytes(body, type: "application/json")
    answer.headers["bundle-snapshot"] = "1:2:1"
    try await ServerFixture.with([Self.route(answer)], access: try Self.access(try TemporaryDirectory())) {
      fixture in
      let reader = ListReader(listener: OwnListener(url: "http://127.0.0.1:\(fixture.port)", token: Self.token))
      let list = try await reader.read()
      #expect(list == .init(checksum: Checksum(digest: SHA256.digest(of: body))!, snapshot: "1:2:1"))
    }
  }

  @Test("another token, a failure or an answer without a snapshot is no list")
  func refused() async throws {
    let plain = APIAnswer.bytes([1], type: "application/json")
    for (answer, token) in [(plain, Self.token), (.error(503, "no"), Self.token), (plain, Secret("another"))] {
      try await ServerFixture.with([Self.route(answer)], access: try Self.access(try TemporaryDirectory())) {
        fixture in
        let reader = ListReader(listener: OwnListener(url: "http://127.0.0.1:\(fixture.port)", token: token))
        await #expect(throws: TransportError.self) { try await reader.read() }
      }
    }
  }

  @Test(
    "the address from here",
    arguments: [
      ("0.0.0.0:80", "127.0.0.1:9"), ("[::]:80", "[::1]:9"), (":0", "127.0.0.1:9"), ("10.1.2.3:1", "10.1.2.3:9"),
    ])
  func fromHere(text: String, expected: String) throws {
    #expect("\(try #require(ListenAddress(text)).fromHere(port: 9))" == expected)
  }
}
