import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Complete", .serialized)
struct CompleteTests {
  @Test("Artifact, status, job and attempt change in one transaction")
  func oneTransaction() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker("pod-a"))
      let made = publication("a")
      #expect(try await fixture.store.complete(claim, made, tail: "last words") == .ended(.completed))
      let row = try #require(try await fixture.status("a"))
      #expect(row.state == .completed && row.stage == .completed && row.fingerprint == made.fingerprint)
      #expect(row.version == "1.0" && row.checksum == made.checksum.hex && row.filename == made.filename)
      #expect(row.cached == false && row.pod == "pod-a" && row.attempt == 1 && row.completedAt != nil)
      #expect(row.bytesDone == 10 && row.bytesTotal == 10 && row.error == nil && row.message == "built")
      let artifact = try #require(row.artifact)
      #expect(artifact.storageKey == made.storageKey && artifact.checksum == made.checksum.hex)
      #expect(artifact.verification == .match && artifact.verifiedAt != nil && artifact.jobID == claim.job.text)
      #expect(try await fixture.store.artifact(of: "a", fingerprint: made.fingerprint) == artifact)
      #expect(try await fixture.store.attempts(of: "a").map(\.outcome) == [.completed])
      let writers = """
        select count(distinct x) from (
          select xmin::text as x from example_bundle_status union all select xmin::text from example_bundle_artifacts
          union all select xmin::text from example_bundle_jobs union all select xmin::text from example_bundle_attempts) t
        """
      #expect(try await fixture.value(writers, as: Int.self) == 1)
      #expect(try await fixture.value("select tail from example_bundle_attempts") == "last words")
    }
  }

  @Test("A cached completion keeps the artifact and records that it was looked at")
  func cached() async throws {
    try await StoreFixture.with { fixture in
      let first = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.complete(first, publication("a"))
      try await fixture.sql("update example_bundle_artifacts set verified_at = now() - interval '1 day'")
      let before = try #require(try await fixture.status("a")?.artifact)
      let second = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.complete(second, publication("a", cached: true))
      let row = try #require(try await fixture.status("a"))
      let after = try #require(row.artifact)
      #expect(row.cached == true && row.message == "cache")
      #expect(after.id == before.id && after.uploadedAt == before.uploadedAt && after.jobID == first.job.text)
      #expect(try #require(after.verifiedAt) > before.verifiedAt!)
      #expect(after.verification == .match)
    }
  }

  @Test("The same inputs that give other bytes are reported; the row names the new ones")
  func otherBytes() async throws {
    try await StoreFixture.with { fixture in
      let old = publication("a")
      let first = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.complete(first, old)
      let second = try await fixture.claim("a", by: fixture.worker())
      let new = publication("a", bytes: 2)
      _ = try await fixture.store.complete(second, new)
      let row = try #require(try await fixture.status("a"))
      #expect(
        row.message == "built; the same inputs gave other bytes than before (sha256 was \(old.checksum.hex))")
      #expect(row.artifact?.checksum == new.checksum.hex && row.artifact?.storageKey == new.storageKey)
      #expect(row.artifact?.jobID == second.job.text)
      #expect(try await fixture.value("select count(*) from example_bundle_artifacts", as: Int.self) == 1)
    }
  }

  @Test("Another fingerprint makes another artifact, and both stay")
  func otherFingerprint() async throws {
    try await StoreFixture.with { fixture in
      for fingerprint in ["f1", "f2"] {
        let claim = try await fixture.claim("a", by: fixture.worker())
        _ = try await fixture.store.complete(claim, publication("a", fingerprint: fingerprint))
      }
      #expect(try await fixture.store.artifact(of: "a", fingerprint: Fingerprint("f1")!) != nil)
      #expect(try await fixture.store.latestArtifact(of: "a")?.fingerprint.text == "f2")
      #expect(try await fixture.store.latestArtifact(of: "b") == nil)
    }
  }

  @Test("Asked again because nobody knew the outcome, the second answer is lost and nothing changes")
  func unknownOutcome() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.complete(claim, publication("a"))
      let before = try await TableDump.read(fixture.raw)
      #expect(try await fixture.store.complete(claim, publication("a")) == .lost)
      #expect(try await TableDump.read(fixture.raw) == before)
    }
  }

  @Test("When the artifact cannot be written nothing is")
  func allOrNothing() async throws {
    try await StoreFixture.with(changesSchema: true) { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      try await fixture.sql("alter table example_bundle_artifacts add constraint tiny check (size < 5)")
      let before = try await TableDump.read(fixture.raw)
      await #expect(throws: StoreError.self) { try await fixture.store.complete(claim, publication("a")) }
      #expect(try await TableDump.read(fixture.raw) == before)
    }
  }

  @Test("A completion shows even when the status row was deleted meanwhile")
  func deletedStatus() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      try await fixture.sql("delete from example_bundle_status")
      #expect(try await fixture.store.report(Progress(stage: .packaging), for: claim))
      #expect(try await fixture.store.complete(claim, publication("a")) == .ended(.completed))
      #expect(try await fixture.status("a")?.artifact != nil)
    }
  }

  @Test("No progress can say completed, failed or queued", arguments: [Stage.completed, .failed, .queued])
  func terminalProgress(stage: Stage) async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      let before = try await TableDump.read(fixture.raw)
      await #expect(throws: StoreError.self) { try await fixture.store.report(Progress(stage: stage), for: claim) }
      #expect(try await TableDump.read(fixture.raw) == before)
    }
  }

  @Test("Progress shows stage, bytes and fingerprint, and times each stage once")
  func progress() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      let store = fixture.store
      let fingerprint = Fingerprint("f7")
      #expect(try await store.report(Progress(stage: .resolving, fingerprint: fingerprint), for: claim))
      for done in [Int64](1...3) {
        #expect(
          try await store.report(
            Progress(stage: .packaging, message: "upload", bytesDone: done, bytesTotal: 3), for: claim))
      }
      let row = try #require(try await fixture.status("a"))
      #expect(row.stage == .packaging && row.state == .running && row.fingerprint == fingerprint)
      #expect(row.message == "upload" && row.bytesDone == 3 && row.bytesTotal == 3)
      let attempt = try #require(try await store.attempts(of: "a").first)
      #expect(attempt.stages.map(\.stage) == [.resolving, .packaging])
      #expect(attempt.stages.last?.startedAt == row.stageStartedAt || row.stageStartedAt != nil)
    }
  }
}
