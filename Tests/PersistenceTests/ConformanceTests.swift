import ArtifactStorage
import BundleModel
import BundleStore
import LegacyStore
import Synchronization
import TestSupport
import Testing

@testable import Persistence

/// What every store of statuses must do, on a real database, in the rights of a pod.
@Suite("Every persistence mode", .timeLimit(.minutes(3)))
struct ConformanceTests {
  private static let slug = Slug("demo")!

  @Test("an attempt is seen at work, and then completed with an archive", arguments: PersistenceMode.allCases)
  func life(mode: PersistenceMode) async throws {
    try await ModeScene.run(mode) { scene in
      let claim = try await scene.claim(Self.slug)
      let progress = Progress(
        stage: .packaging, message: "half \u{1B}[31m done", fingerprint: Fingerprint("f1"))
      #expect(try await scene.statuses.report(progress, for: claim))
      let working = try await scene.wait(Self.slug, "running packaging")
      #expect(working.fingerprint.text == "f1" && working.jobID == claim.job.text)
      #expect(working.message?.contains("half") == true && working.message?.contains("\u{1B}") == false)
      #expect(working.version == nil && working.checksum == nil && working.filename == nil)
      #expect(try await scene.statuses.artifact(of: Self.slug, fingerprint: working.fingerprint) == nil)

      let made = try await scene.upload("archive", of: Self.slug)
      #expect(try await scene.complete(claim, made) == .ended(.completed))
      let done = try await scene.wait(Self.slug, "completed completed")
      #expect(done.fingerprint == made.fingerprint && done.version == "1.0" && done.cached == false)
      #expect(done.checksum == made.checksum.hex && done.filename == made.filename && done.error == nil)
      #expect(done.createdAt.since(working.createdAt) < .milliseconds(1) && done.updatedAt >= working.updatedAt)
      let artifact = try #require(
        try await scene.statuses.artifact(of: Self.slug, fingerprint: made.fingerprint))
      #expect(artifact.storageKey == made.storageKey && artifact.size == made.size)
      #expect(artifact.checksum == made.checksum.hex)
      let found = try await scene.artifacts.verify(
        artifact.storageKey, size: artifact.size, checksum: made.checksum, deep: true)
      #expect(found == .match)
      #expect(try await scene.statuses.artifact(of: Self.slug, fingerprint: Fingerprint("f2")!) == nil)
      #expect(try await scene.statuses.artifact(of: Slug("other")!, fingerprint: made.fingerprint) == nil)
      // Nothing is doubled and nothing is written to again: its job has ended.
      #expect(try await scene.complete(claim, made) == .lost)
      #expect(try await !scene.statuses.report(progress, for: claim))
      // Files keep milliseconds, and a directory that was empty is read only once it has been filled.
      let still = try await scene.wait(Self.slug, "completed completed")
      #expect(still.updatedAt.wholeMilliseconds == done.updatedAt.wholeMilliseconds)
    }
  }

  @Test("an archive that is not there is not published; the job goes on", arguments: PersistenceMode.allCases)
  func confirmation(mode: PersistenceMode) async throws {
    try await ModeScene.run(mode) { scene in
      let claim = try await scene.claim(Self.slug)
      var made = try await scene.upload("archive", of: Self.slug)
      let key = made.storageKey
      made.storageKey = "nowhere/f1/nothing.tgz"
      let missing = made
      await #expect(throws: TestSupportError.self) { try await scene.complete(claim, missing) }
      #expect(try await scene.store.held([claim]) == [claim])
      #expect(try await scene.statuses.statuses(of: [Self.slug]).allSatisfy { $0.state != .completed })
      made.storageKey = key
      #expect(try await scene.complete(claim, made) == .ended(.completed))
      try await scene.wait(Self.slug, "completed completed")
    }
  }

  @Test("a failure is tried again, and at last stays with its error", arguments: PersistenceMode.allCases)
  func failure(mode: PersistenceMode) async throws {
    try await ModeScene.run(mode) { scene in
      let first = try await scene.claim(Self.slug)
      _ = try await scene.statuses.report(
        Progress(stage: .packaging, fingerprint: Fingerprint("f1")), for: first)
      #expect(
        try await scene.statuses.fail(first, errorClass: .storage, error: "no answer", tail: nil, random: 0)
          == .ended(.queued))
      #expect(try await scene.wait(Self.slug, "queued queued").message?.contains("no answer") == true)
      let second = try await scene.claimWaiting(Self.slug)
      #expect(
        try await scene.statuses.fail(second, errorClass: .bundle, error: "broken", tail: nil, random: 0)
          == .ended(.failed))
      let failed = try await scene.wait(Self.slug, "failed failed")
      #expect(failed.error == "broken" && failed.message == nil && failed.fingerprint.text == "f1")
      // People find it where they retry it, in every mode.
      #expect(
        try await scene.lines("select state || ' ' || error from example_bundle_status") == ["failed broken"])
      #expect(
        try await scene.store.retry(
          Self.slug, seen: SeenState(try #require(try await scene.store.statuses().first)),
          by: "ann"
        ).refusal == nil)
      let third = try await scene.claimWaiting(Self.slug)
      #expect(third.attempt == 3)
      let made = try await scene.upload("archive", of: Self.slug)
      #expect(try await scene.complete(third, made) == .ended(.completed))
      #expect(try await scene.wait(Self.slug, "completed completed").error == nil)
    }
  }

  @Test("a job that is given back waits for the next", arguments: PersistenceMode.allCases)
  func givenBack(mode: PersistenceMode) async throws {
    try await ModeScene.run(mode) { scene in
      let first = try await scene.claim(Self.slug)
      #expect(try await scene.statuses.giveBack(first, tail: nil) == .ended(.queued))
      try await scene.wait(Self.slug, "queued queued")
      #expect(try await scene.statuses.giveBack(first, tail: nil) == .lost)
      let made = try await scene.upload("archive", of: Self.slug)
      #expect(try await scene.complete(try await scene.claimWaiting(Self.slug), made) == .ended(.completed))
      try await scene.wait(Self.slug, "completed completed")
    }
  }

  @Test("what was cancelled is shown as failed, not as running for ever", arguments: PersistenceMode.allCases)
  func cancelled(mode: PersistenceMode) async throws {
    try await ModeScene.run(mode) { scene in
      let claim = try await scene.claim(Self.slug)
      #expect(try await scene.statuses.report(Progress(stage: .packaging), for: claim))
      try await scene.wait(Self.slug, "running packaging")
      #expect(try await scene.store.cancel(Self.slug, by: "ann").outcome == .cancelled)
      try await scene.statuses.lost(claim)
      #expect(try await scene.wait(Self.slug, "failed failed").error == "cancelled by ann")
      #expect(try await scene.complete(claim, try await scene.upload("x", of: Self.slug)) == .lost)
      #expect(try await scene.wait(Self.slug, "failed failed").error == "cancelled by ann")
    }
  }

  @Test("who has lost the job writes nothing, however often and whenever", arguments: PersistenceMode.allCases)
  func zombies(mode: PersistenceMode) async throws {
    try await ModeScene.run(mode) { scene in
      let other = Worker(owner: OwnerID("00000000-0000-4000-8000-000000000002"), pod: "pod-b")
      for round in 1...4 {
        let slug = Slug("demo\(round)")!
        let zombie = try await scene.claim(slug)
        let made = try await scene.upload("archive", of: slug)
        async let shouting: Int = {
          var heard = 0
          while try await scene.statuses.report(
            Progress(stage: .packaging, message: "zombie \(heard)", fingerprint: Fingerprint("z")), for: zombie)
          {
            heard += 1
          }
          return heard
        }()
        try await scene.expire(zombie)
        let heir = try await scene.claimWaiting(slug, by: other)
        #expect(try await scene.complete(heir, made) == .ended(.completed))
        _ = try await shouting
        #expect(
          try await scene.statuses.fail(zombie, errorClass: .bundle, error: "zombie", tail: nil, random: 0) == .lost
        )
        #expect(try await scene.statuses.giveBack(zombie, tail: nil) == .lost)
        #expect(try await scene.complete(zombie, made) == .lost)
        try await scene.statuses.lost(zombie)
        let done = try await scene.wait(slug, "completed completed")
        #expect(done.fingerprint == made.fingerprint && done.jobID == heir.job.text && done.message == "built")
      }
    }
  }

  @Test("a run that was asked for meanwhile follows", arguments: PersistenceMode.allCases)
  func next(mode: PersistenceMode) async throws {
    try await ModeScene.run(mode) { scene in
      let first = try await scene.claim(Self.slug)
      #expect(
        try await scene.store.enqueue(Self.slug, options: JobOptions(force: true), by: "ann").outcome == .waiting)
      #expect(
        try await scene.complete(first, try await scene.upload("one", of: Self.slug)) == .ended(.completed))
      let second = try await scene.claimWaiting(Self.slug)
      #expect(second.job != first.job && second.options.force)
      let made = try await scene.upload("two", of: Self.slug, fingerprint: "f2")
      #expect(try await scene.complete(second, made) == .ended(.completed))
      let done = try await scene.wait(Self.slug, "completed completed")
      #expect(done.fingerprint.text == "f2" && done.checksum == made.checksum.hex)
    }
  }

  @Test("many bundles at once: all are there, newest change first", arguments: PersistenceMode.allCases)
  func many(mode: PersistenceMode) async throws {
    try await ModeScene.run(mode) { scene in
      let slugs = (0..<12).map { Slug("bundle-\($0)")! }
      try await withThrowingTaskGroup { group in
        for slug in slugs {
          group.addTask {
            let claim = try await scene.claim(slug)
            _ = try await scene.statuses.report(Progress(stage: .packaging), for: claim)
            let end = try await scene.complete(claim, try await scene.upload(slug.text, of: slug))
            #expect(end == .ended(.completed))
          }
        }
        try await group.waitForAll()
      }
      let all = try await eventually(
        within: .seconds(40), "all are completed", { try await scene.look() },
        until: { $0.count == slugs.count && $0.allSatisfy { $0.state == .completed } })
      #expect(Set(all.map(\.slug)) == Set(slugs))
      #expect(zip(all, all.dropFirst()).allSatisfy { $0.updatedAt >= $1.updatedAt })
    }
  }
}
