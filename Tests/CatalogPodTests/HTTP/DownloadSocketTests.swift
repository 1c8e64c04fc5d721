import ArtifactStorage
import BundleModel
import BundleStore
import Logging
import PodAPI
import Postgres
import ProcessControl
import TestSupport
import Testing

@testable import CatalogPod

@Suite("Archives over a socket")
struct DownloadSocketTests {
  private static let size = 3 << 20
  private static let bytes = (0..<size).map { UInt8(truncatingIfNeeded: 65 + ($0 &+ $0 >> 20) % 26) }
  private static let path = "/examples/bundles/demo/fingerprints/f1/download"

  /// Runs `body` against a pod that has one archive in a directory.
  ///
  /// - Parameter stored: what lies in the directory in its place.
  private func with(stored: [UInt8] = bytes, _ body: (Int) async throws -> Void) async throws {
    let folder = try TemporaryDirectory()
    try folder.write(stored, to: "store/demo/f1/demo.tgz")
    let original = try folder.write(Self.bytes, to: "original")
    let checksum = try await Program.run("sha256sum", [original]).output.prefix(64)
    let database = try await TestDatabase.create()
    var connection = try ConnectionSettings(url: database.url)
    // The machine may be busy with other tests.
    (connection.connectDeadline, connection.statementDeadline) = (.seconds(60), .seconds(60))
    _ = try await Schema(connection).apply()
    try await database.psql(
      """
      insert into example_bundle_artifacts (id, slug, fingerprint, checksum, storage_kind, storage_key, size)
        values ('a', 'demo', 'f1', '\(checksum)', 'local', 'demo/f1/demo.tgz', \(Self.size))
      """)
    let store = BundleStore(connection)
    let services = PodServices(
      settings: PodAPISettings(pod: "a", owner: OwnerID("o"), version: "1"), store: store,
      artifacts: LocalArtifactStore(root: folder.path + "/store", signingSecret: Secret([1, 2, 3])),
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let server = HTTPServer([(ListenAddress("127.0.0.1:0")!, .api)], services: services)
    let port = try await server.start()[0]
    do {
      try await body(port)
    } catch {
      await server.stop()
      await store.close()
      throw error
    }
    await server.stop()
    await store.close()
  }

  private func exchange(_ port: Int, _ request: String) async throws -> (head: String, body: Substring) {
    let connection = try RawConnection(port: port)
    await connection.send(request + "\r\nhost: a\r\nconnection: close\r\n\r\n")
    let answer = await connection.readAll()
    let end = answer.firstRange(of: "\r\n\r\n")?.upperBound ?? answer.endIndex
    return (answer[..<end].lowercased(), answer[end...])
  }

  @Test("the whole, a part, a head, and a part that there is not")
  func ranges() async throws {
    try await with { port in
      let whole = try await exchange(port, "GET \(Self.path) HTTP/1.1")
      #expect(
        whole.head.hasPrefix("http/1.1 200 ok\r\n") && whole.head.contains("content-length: \(Self.size)\r\n"))
      #expect(whole.body.utf8.elementsEqual(Self.bytes))
      let part = try await exchange(port, "GET \(Self.path) HTTP/1.1\r\nrange: bytes=1048570-1048580")
      #expect(part.head.hasPrefix("http/1.1 206 ") && part.head.contains("content-length: 11\r\n"))
      #expect(part.head.contains("content-range: bytes 1048570-1048580/\(Self.size)\r\n"))
      #expect(part.body.utf8.elementsEqual(Self.bytes[1_048_570...1_048_580]))
      let head = try await exchange(port, "HEAD \(Self.path) HTTP/1.1")
      #expect(head.head.contains("content-length: \(Self.size)\r\n") && head.body.isEmpty)
      let beyond = try await exchange(port, "GET \(Self.path) HTTP/1.1\r\nrange: bytes=\(Self.size)-")
      #expect(
        beyond.head.hasPrefix("http/1.1 416 ") && beyond.head.contains("content-range: bytes */\(Self.size)\r\n"))
    }
  }

  @Test("a damaged archive ends short of the length that was announced")
  func damaged() async throws {
    var stored = Self.bytes
    stored[5] = 33
    try await with(stored: stored) { port in
      let answer = try await exchange(port, "GET \(Self.path) HTTP/1.1")
      #expect(answer.head.contains("content-length: \(Self.size)\r\n"))
      #expect(answer.body.utf8.count < Self.size)
    }
  }

  @Test("a client that goes away in the middle leaves the pod as it was")
  func gone() async throws {
    try await with { port in
      for _ in 0..<10 {
        let connection = try RawConnection(port: port)
        await connection.send("GET \(Self.path) HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(await connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200"))
        connection.reset()
      }
      #expect(try await exchange(port, "GET \(Self.path) HTTP/1.1").body.utf8.count == Self.size)
    }
  }
}
