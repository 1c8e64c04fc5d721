import BundleModel
import BundleStore
import Glibc
import LegacyStore
import Synchronization
import TestSupport
import Testing

@testable import Persistence

@Suite("Status in files", .timeLimit(.minutes(2)))
struct FileStatusStoreTests {
  private static let slug = Slug("demo")!

  @Test("files are as AppHub writes them, and the database keeps no bundle that is completed")
  func files() async throws {
    try await ModeScene.run(.filesystem) { scene in
      let claim = try await scene.claim(Self.slug)
      let made = try await scene.upload("archive", of: Self.slug)
      _ = try await scene.complete(claim, made)
      #expect(try await scene.lines("select slug from example_bundle_status") == [])
      #expect(try await scene.lines("select slug from example_bundle_artifacts") == [])
      let text = try scene.folder.read("legacy/status/demo.json")
      #expect(text.hasSuffix("}\n") && text.hasPrefix("{\n  \"slug\": \"demo\",\n"))
      let status = try #require(try scene.filed()[Self.slug])
      #expect(status.state == .completed && status.stage == .completed)
      #expect(status.jobID == claim.job.text && status.checksum == made.checksum.hex)
      #expect(try scene.folder.read("legacy/artifacts/demo/f1/demo-1.0.tgz") == "archive")
      #expect(scene.names(in: "legacy/status") == ["demo.json"])
    }
  }

  @Test("since when a bundle is known and what it was made of last survives the row")
  func history() async throws {
    try await ModeScene.run(.filesystem) { scene in
      let old = Timestamp(microseconds: 1_600_000_000_000_000)
      try scene.directory.write(
        LegacyStatus(
          slug: Self.slug, fingerprint: Fingerprint("before")!, stage: .completed, createdAt: old, updatedAt: old,
          version: "0.9"))
      let claim = try await scene.claim(Self.slug)
      _ = try await scene.statuses.report(Progress(stage: .resolving), for: claim)
      let resolving = try #require(try scene.filed()[Self.slug])
      #expect(resolving.fingerprint.text == "before" && resolving.createdAt == old && resolving.updatedAt > old)
      #expect(resolving.version == nil && resolving.state == .running)
      _ = try await scene.complete(claim, try await scene.upload("archive", of: Self.slug))
      let done = try #require(try scene.filed()[Self.slug])
      #expect(done.fingerprint.text == "f1" && done.createdAt == old && done.version == "1.0")
    }
  }

  @Test("a directory that cannot be written: jobs go on and end, only a completion waits for it")
  func trouble() async throws {
    try await ModeScene.run(.filesystem) { scene in
      let troubles = Mutex<[LegacyError.Kind]>([])
      let statuses = FileStatusStore(scene.store, directory: scene.directory) { error in
        troubles.withLock { $0.append(error.kind) }
      }
      let claim = try await scene.claim(Self.slug)
      let made = try await scene.upload("archive", of: Self.slug)
      // A pipe where the file would be: also the superuser, whom no right stops, writes nothing over it.
      try scene.folder.makeFolder("legacy/status")
      let place = "\(scene.folder.path)/legacy/status/demo.json"
      try #require(mkfifo(place, 0o600) == 0)
      #expect(try await statuses.report(Progress(stage: .packaging), for: claim))
      #expect(troubles.withLock { $0 } == [.unsafe])
      await #expect(throws: LegacyError.self) {
        try await statuses.complete(claim, made, tail: nil) {}
      }
      #expect(try await scene.store.held([claim]) == [claim])
      #expect(
        try await statuses.fail(claim, errorClass: .storage, error: "disk", tail: nil, random: 0)
          == .ended(.queued))
      #expect(troubles.withLock { $0 } == [.unsafe, .unsafe])
      unlink(place)
      let again = try await scene.claimWaiting(Self.slug)
      #expect(try await statuses.complete(again, made, tail: nil) {} == .ended(.completed))
      #expect(try scene.filed()[Self.slug]?.state == .completed)
    }
  }

  @Test("other bytes under the same inputs take the name, and the earlier ones are kept")
  func otherBytes() async throws {
    try await ModeScene.run(.filesystem) { scene in
      for content in ["one", "other"] {
        let claim = try await scene.claim(Self.slug)
        _ = try await scene.complete(claim, try await scene.upload(content, of: Self.slug))
      }
      #expect(try scene.folder.read("legacy/artifacts/demo/f1/demo-1.0.tgz") == "other")
      let names = scene.names(in: "legacy/artifacts/demo/f1")
      #expect(names.count == 2 && names.contains { $0.hasPrefix("demo-1.0.tgz.superseded-") })
    }
  }

  @Test("a directory gets its id once, whoever asks")
  func identity() async throws {
    let folder = try TemporaryDirectory()
    let directory = LegacyDirectory(path: folder.path)
    let id = try #require(try DirectoryIdentity.settle(directory, pod: "pod/α 1"))
    #expect(LegacyDirectory.isSourceID(id) && id.hasPrefix("pod----1-"))
    #expect(try DirectoryIdentity.settle(directory, pod: "another") == id)
    #expect(DirectoryIdentity.make(pod: "a") != DirectoryIdentity.make(pod: "a"))
    let long = DirectoryIdentity.make(pod: String(repeating: "x", count: 300))
    #expect(LegacyDirectory.isSourceID(long))
    let gone = LegacyDirectory(path: folder.path + "/gone")
    #expect(try DirectoryIdentity.settle(gone, pod: "a", making: false) == nil)
    #expect(!TestFile.exists(gone.path))
    #expect(try DirectoryIdentity.settle(gone, pod: "a") != nil)
  }
}
