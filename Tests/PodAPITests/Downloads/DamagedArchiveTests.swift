import ArtifactStorage
import BundleModel
import Synchronization
import TestSupport
import Testing

@testable import PodAPI

@Suite("Archives that are gone or not what they were")
struct DamagedArchiveTests {
  typealias Fixture = DownloadFixture
  static let broken = #"{"error":"failed to stream example bundle artifact"}"#

  @Test("an object that is gone is told by every way", arguments: Fixture.Backend.allCases)
  func gone(backend: Fixture.Backend) async throws {
    try await Fixture.with(backend) { fixture in
      try await fixture.add("demo", [1, 2, 3])
      try await fixture.artifacts.delete(fixture.key("demo"))
      for via in ["public", "internal", "stream"] {
        let answer = await fixture.ask(Fixture.path("demo", query: "via=\(via)"))
        #expect(answer.status == 404 && answer.text == #"{"error":"example bundle artifact not found"}"#, "\(via)")
      }
      #expect(await fixture.ask(Fixture.path("demo"), .head).status == 404)
    }
  }

  @Test("another length is told by every way", arguments: Fixture.Backend.allCases)
  func length(backend: Fixture.Backend) async throws {
    try await Fixture.with(backend) { fixture in
      try await fixture.add("demo", [1, 2, 3])
      try await fixture.damage("demo", with: [1, 2])
      for via in ["public", "internal", "stream"] {
        let answer = await fixture.ask(Fixture.path("demo", query: "via=\(via)"))
        #expect(answer.status == 502 && answer.text == Self.broken, "\(via)")
      }
    }
  }

  @Test(
    "other bytes of the same length are told before one is sent, or the body stops short",
    arguments: Fixture.Backend.allCases)
  func bytes(backend: Fixture.Backend) async throws {
    try await Fixture.with(backend) { fixture in
      try await fixture.add("small", [1, 2, 3])
      try await fixture.damage("small", with: [1, 2, 4])
      let small = await fixture.ask(Fixture.path("small", query: "via=stream"))
      #expect(small.status == 502 && small.text == Self.broken)

      var bytes = Fixture.bytes(2 << 20 + 17)
      try await fixture.add("large", bytes)
      bytes[1000] ^= 1
      try await fixture.damage("large", with: bytes)
      let large = await fixture.ask(Fixture.path("large", query: "via=stream"))
      #expect(large.status == 200 && large.length == Int64(bytes.count))
      #expect((large.failure as? StorageError)?.kind == .integrity)
      #expect(large.body.count == 2 << 20, "the last piece is held back")
    }
  }

  @Test("no more than two pieces are read ahead of who takes them", arguments: Fixture.Backend.allCases)
  func vanishes(backend: Fixture.Backend) async throws {
    try await Fixture.with(backend) { fixture in
      try await fixture.add("demo", Fixture.bytes(5 << 20))
      let request = RouterFixture.request(
        .get, Fixture.path("demo", query: "via=stream"), headers: Fixture.reader)
      guard case .stream(_, let write) = await fixture.pod().answer(request).body else {
        throw TestSupportError("no stream")
      }
      let sink = VanishingSink { try await fixture.artifacts.delete(fixture.key("demo")) }
      let failure = await #expect(throws: StorageError.self) { try await write(sink) }
      #expect(failure?.kind == .missing)
      #expect(sink.count.withLock { $0 } <= 2 << 20)
    }
  }

  @Test("an archive in another store is not looked for here")
  func elsewhere() async throws {
    try await Fixture.with(.bucket) { fixture in
      try await fixture.add("demo", [1, 2, 3])
      let directory = LocalArtifactStore(root: fixture.folder.path, signingSecret: Secret([1]))
      let answer = await fixture.ask(Fixture.path("demo"), of: fixture.pod(artifacts: directory))
      #expect(answer.status == 502 && answer.text == Self.broken)
    }
  }

  @Test("a store that is away is a reason to come again, not a missing archive")
  func away() async throws {
    try await Fixture.with(.bucket) { fixture in
      try await fixture.add("demo", [1, 2, 3])
      let environment = [
        "BACKEND": "s3", "BUCKET": "demo", "ENDPOINT": "http://127.0.0.1:1", "ACCESS_KEY_ID": "a",
        "SECRET_ACCESS_KEY": "b",
      ].map { ("APPHUB_BUNDLE_STORAGE_" + $0, $1) }
      let away = try StorageSettings(environment: Dictionary(uniqueKeysWithValues: environment)).make()
      let answer = await fixture.ask(Fixture.path("demo"), of: fixture.pod(artifacts: away))
      #expect(answer.status == 503 && answer.headers["retry-after"] != nil)
    }
  }
}

/// Takes the archive away when its first piece has come.
private final class VanishingSink: ByteSink {
  let count = Mutex(0)
  private let vanish: @Sendable () async throws -> Void

  init(_ vanish: @escaping @Sendable () async throws -> Void) { self.vanish = vanish }

  func write(_ bytes: [UInt8]) async throws {
    if count.withLock({ $0 == 0 }) { try await vanish() }
    count.withLock { $0 += bytes.count }
  }
}
