import BundleModel
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import BundleStore

@Suite("Moving statuses in", .serialized)
struct ImportTests {
  private typealias Make = ImportFixture

  @Test("A completed one comes with its archive, its times as they were, as our own writing")
  func completed() async throws {
    try await StoreFixture.with { fixture in
      let wanted = Make.completed("a")
      #expect(try await fixture.take(wanted) == ImportAnswer(outcome: .taken, archive: .taken))
      let row = try #require(try await fixture.status("a"))
      #expect(row.createdAt == Make.moment(-60_000) && row.updatedAt == Make.moment())
      #expect(row.completedAt == Make.moment() && row.artifact?.uploadedAt == Make.moment())
      #expect(row.state == .completed && row.jobID == "inline-1" && row.version == "1.0" && row.cached == false)
      #expect(row.checksum == Make.checksum(1).hex && row.artifact?.storageKey == "a/f1/a-1.0.tgz")
      #expect(row.attempt == nil && row.artifact?.verification == .match)
      #expect(try await fixture.value("select bool_or(is_foreign) from example_bundle_events") == false)
      #expect(
        try await fixture.journal() == [
          "pod-a|artifacts/a/f1/a-1.0.tgz|taken||a/f1/a-1.0.tgz", "pod-a|status/a.json|taken||",
        ])
      let entries = try await fixture.store.journalEntries(of: "pod-a")
      #expect(entries.map(\.path) == [wanted.archive?.path, wanted.file.path])
      #expect(entries[1].isSame(size: 300, modifiedAt: try #require(wanted.file.modifiedAt)))
      #expect(entries[1].checksum == wanted.file.checksum && entries[1].fingerprint?.text == "f1")
    }
  }

  @Test("A second time changes nothing at all, and says so")
  func twice() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.take(Make.completed("a"))
      try await fixture.take(Make.failed("b", reason: "archive not found at migration"))
      let before = try await TableDump.read(fixture.raw)
      #expect(try await fixture.take(Make.completed("a")) == ImportAnswer(outcome: .known, archive: .known))
      let again = Make.failed("b", reason: "archive not found at migration")
      #expect(try await fixture.take(again) == ImportAnswer(outcome: .known))
      let after = try await TableDump.read(fixture.raw)
      #expect(before == after, "\(before.difference(after))")
    }
  }

  @Test(
    "Moments are compared at milliseconds: a newer row stays, an older one goes, a tie goes to the completed one",
    arguments: [-1, 0, 1] as [Int64], [true, false])
  func moments(difference: Int64, isCompleted: Bool) async throws {
    try await StoreFixture.with { fixture in
      // Microseconds that AppHub's files cannot tell.
      try await fixture.sql(
        """
        insert into example_bundle_status (slug, fingerprint, stage, state, updated_at)
        values ('a', 'theirs', 'failed', 'failed', $1::timestamptz + interval '999 microseconds')
        """, [.timestamp(Make.moment(difference))])
      let wanted = isCompleted ? Make.completed("a") : Make.failed("a")
      let wins = difference < 0 || difference == 0 && isCompleted
      #expect(try await fixture.take(wanted).outcome == (wins ? .taken : .superseded))
      #expect(try await fixture.status("a")?.fingerprint.text == (wins ? "f1" : "theirs"))
      #expect(try await fixture.value("select count(*) from example_bundle_artifacts") == (isCompleted ? 1 : 0))
    }
  }

  @Test("A row of an attempt of ours stays, however old, and so does one whose job is at work; the archive counts")
  func ours() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      let future = Make.completed("a", at: 1_000 * 86_400 * 36_500)
      let answer = try await fixture.take(future)
      #expect(answer.outcome == .superseded && answer.reason == "a job of it is running")
      #expect(answer.archive == .taken)
      _ = try await fixture.store.fail(claim, errorClass: .bundle, error: "broken")
      let later = try await fixture.take(future)
      #expect(later.outcome == .superseded && later.reason == "it was packaged anew" && later.archive == .known)
      #expect(try await fixture.status("a")?.error == "broken")
      #expect(try await fixture.store.artifact(of: "a", fingerprint: Fingerprint("f1")!)?.size == 10)

      // A foreign write took our attempt away while the job waits: the job still counts.
      _ = try await fixture.store.enqueue("b", by: "test")
      try await AppHubWriter(connection: fixture.raw).status(
        "b", fingerprint: "theirs", stage: "packaging", state: "running")
      try await fixture.sql("update example_bundle_status set updated_at = 'epoch' where slug = 'b'")
      #expect(try await fixture.take(Make.failed("b")).reason == "a job of it is queued")
    }
  }

  @Test("What was taken once stays taken when the database moves on")
  func movesOn() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.take(Make.completed("a"))
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.fail(claim, errorClass: .bundle, error: "broken")
      #expect(try await fixture.take(Make.completed("a")) == ImportAnswer(outcome: .known, archive: .known))
      #expect(try await fixture.journal().allSatisfy { $0.contains("|taken|") })
      #expect(try await fixture.status("a")?.error == "broken")
      // Written since, and older than what we have: that one is new to the journal.
      #expect(try await fixture.take(Make.completed("a", at: 5)).outcome == .superseded)
    }
  }

  @Test("A row without its archive is completed by the file that has it")
  func withoutArtifact() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.sql(
        """
        insert into example_bundle_status (slug, fingerprint, stage, state, updated_at)
        values ('a', 'f1', 'completed', 'completed', $1)
        """, [.timestamp(Make.moment())])
      #expect(try await fixture.take(Make.completed("a")).outcome == .taken)
      #expect(try await fixture.status("a")?.artifact != nil)
      // What was missing when it was first moved, and is there now.
      try await fixture.take(Make.failed("b", reason: "archive not found at migration"))
      #expect(try await fixture.take(Make.completed("b")).outcome == .taken)
      #expect(try await fixture.status("b")?.error == nil)
    }
  }

  @Test("The same inputs with other bytes: the newer status has its archive, unless a job of ours made the other")
  func otherBytes() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.take(Make.completed("a", source: "pod-a"))
      let newer = try await fixture.take(Make.completed("a", source: "pod-b", at: 1, bytes: 2))
      #expect(newer.outcome == .taken && newer.archive == .taken)
      #expect(newer.archiveReason?.contains("the same inputs gave other bytes") == true)
      #expect(try await fixture.status("a")?.artifact?.checksum == Make.checksum(2).hex)
      let older = try await fixture.take(Make.completed("a", source: "pod-c", at: -1, bytes: 3))
      #expect(older.outcome == .superseded && older.archive == .superseded)
      #expect(try await fixture.status("a")?.artifact?.checksum == Make.checksum(2).hex)

      let claim = try await fixture.claim("b", by: fixture.worker())
      _ = try await fixture.store.complete(claim, publication("b", bytes: 7))
      // AppHub overwrites the status and not the artifact.
      try await AppHubWriter(connection: fixture.raw).status(
        "b", fingerprint: "f1", stage: "failed", state: "failed")
      try await fixture.sql("update example_bundle_status set updated_at = 'epoch' where slug = 'b'")
      let theirs = try await fixture.take(Make.completed("b", bytes: 2))
      #expect(theirs.outcome == .superseded && theirs.archive == .superseded)
      #expect(theirs.reason == "a pod packaged the same inputs")
      #expect(
        try await fixture.lines("select checksum from example_bundle_artifacts where slug = 'b'")
          == [Make.checksum(7).hex])
      #expect(try await fixture.status("b")?.state == .failed)
    }
  }

  @Test("An artifact that AppHub kept on a pod's disk is found in the store from then on")
  func fromDisk() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.sql(
        """
        insert into example_bundle_artifacts (id, slug, fingerprint, checksum, storage_kind, storage_key)
        values ('x', 'a', 'f1', $1, 'local', 'a/f1/a.tgz')
        """, [.text(Make.checksum(1).hex)])
      #expect(try await fixture.take(Make.completed("a")) == ImportAnswer(outcome: .taken, archive: .known))
      let artifact = try #require(try await fixture.status("a")?.artifact)
      #expect(artifact.id == "x" && artifact.storageKind == .s3 && artifact.storageKey == "a/f1/a-1.0.tgz")
    }
  }

  @Test("An interrupted one is failed, or asked for again")
  func interrupted() async throws {
    try await StoreFixture.with { fixture in
      let reason = "interrupted before migration"
      try await fixture.take(Make.failed("a", error: reason, reason: reason))
      #expect(try await fixture.status("a")?.error == reason)
      try await fixture.take(Make.failed("b", error: reason, reason: reason, requeue: true))
      let row = try #require(try await fixture.status("b"))
      #expect(row.state == .queued && row.message == "asked for again: \(reason)" && row.fingerprint.text == "f1")
      #expect(
        try await fixture.lines("select slug, requested_by, state from example_bundle_jobs") == ["b|ann|queued"])
      #expect(
        try await fixture.take(Make.failed("b", error: reason, reason: reason, requeue: true)).outcome == .known)
      #expect(try await fixture.value("select count(*) from example_bundle_jobs") == 1)
    }
  }

  @Test("Nothing is published when the look at the object fails, and nothing without an archive")
  func confirmation() async throws {
    struct Vanished: Error {}
    try await StoreFixture.with { fixture in
      let empty = try await TableDump.read(fixture.raw)
      await #expect(throws: Vanished.self) {
        try await fixture.store.importStatus(Make.completed("a"), by: "ann") { throw Vanished() }
      }
      var wanted = Make.completed("a")
      wanted.status.artifact = nil
      wanted.archive = nil
      await #expect(throws: StoreError.self) { try await fixture.take(wanted) }
      await #expect(throws: PostgresError.self) {
        try await fixture.sql(
          """
          select * from bundletop_import('{"slug": "a", "fingerprint": "f", "stage": "completed",
            "state": "completed", "updated_at": "2026-01-01"}', '{}', null, null, false, 'ann')
          """)
      }
      let after = try await TableDump.read(fixture.raw)
      #expect(empty == after, "\(empty.difference(after))")
      #expect(try await fixture.store.importStatus(Make.completed("a"), by: "ann") {}.outcome == .taken)
    }
  }

  @Test("Somebody who deletes the object and somebody who imports it take turns")
  func deletion() async throws {
    try await StoreFixture.with(connections: 4) { fixture in
      let store = fixture.store
      let key = try #require(Make.completed("a").status.artifact?.storageKey)
      _ = try await store.mark(
        [Leftover(key: key, upload: nil, size: 10, writtenAt: Make.moment())], in: "s", by: "ann")
      try await fixture.sql("update bundletop_gc_marks set marked_at = marked_at - interval '25 hours'")
      let mark = try #require(try await store.marks(in: "s", grace: .seconds(86_400)).first)
      let (importing, isImporting) = AsyncStream.makeStream(of: Void.self)
      async let answer = store.importStatus(Make.completed("a"), by: "ann") {
        isImporting.finish()
        try await fixture.waitForLockWaiters(1)
      }
      for await _ in importing {}
      let deletion = try await store.delete(mark, in: "s", grace: .seconds(86_400)) {
        Issue.record("it would be deleted")
        return true
      }
      #expect(deletion == .named)
      #expect(try await answer.outcome == .taken)
    }
  }

  @Test("Two directories at once, and pods beside them: the newest stands, completed rows have artifacts")
  func together() async throws {
    try await StoreFixture.with(connections: 8) { fixture in
      var random = SeededRandom(seed: 77)
      let slugs = (0..<12).map { Slug("s\($0)")! }
      let newest = Mutex<[Slug: Int64]>([:])
      try await withThrowingTaskGroup(of: Void.self) { group in
        for slug in slugs {
          for source in ["pod-a", "pod-b", "pod-c"] {
            let at = Int64.random(in: 0..<1_000, using: &random)
            newest.withLock { $0[slug] = max($0[slug] ?? 0, at) }
            group.addTask {
              _ = try await fixture.take(
                Make.completed(slug, source: source, at: at, fingerprint: "f\(at)", bytes: 1))
            }
          }
        }
        for slug in slugs.prefix(3) {
          group.addTask { _ = try await fixture.claim(slug, by: fixture.worker()) }
        }
        try await group.waitForAll()
      }
      for slug in slugs {
        let row = try #require(try await fixture.status(slug))
        if row.attempt != nil { continue }
        #expect(row.updatedAt == newest.withLock { $0[slug].map { Make.moment($0) } })
        #expect(row.artifact?.fingerprint == row.fingerprint)
      }
      #expect(
        try await fixture.lines("select state from example_bundle_status where attempt is not null").count == 3)
      #expect(try await fixture.value("select count(*) from example_bundle_migrations") == 72)
    }
  }

  // MARK: - The journal

  @Test("The journal keeps what verify found until the file or its fate changes")
  func journal() async throws {
    try await StoreFixture.with { fixture in
      var entry = Make.file("a", reason: "its archive is no file")
      entry.outcome = .quarantined
      try await fixture.store.journal([entry])
      try await fixture.sql("update example_bundle_migrations set verified_at = now()")
      try await fixture.store.journal([entry])
      #expect(try await fixture.store.journalEntries(of: "pod-a").map { $0.verifiedAt != nil } == [true])
      entry.size = 301
      try await fixture.store.journal([entry, Make.file("b")])
      #expect(try await fixture.store.journalEntries(of: "pod-a").map { $0.verifiedAt != nil } == [false, false])
      #expect(try await fixture.store.journalEntries(of: "pod-a", paths: ["status/b.json", "x"]).count == 1)
      #expect(try await fixture.store.journalEntries(of: "pod-a", after: "status/a.json").map(\.slug) == ["b"])
      #expect(try await fixture.store.journalEntries(of: "elsewhere").isEmpty)
    }
  }

  // MARK: - One at a time

  @Test("Whoever comes second learns who is at work and since when; it is free when the first has gone")
  func oneAtATime() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.store.migrating(by: "ann", place: "host-1, process 7") {
        let refusal = await #expect(throws: StoreError.self) {
          try await fixture.store.migrating(by: "bob", place: "host-2") { _ = Issue.record("two at once") }
        }
        #expect(refusal?.kind == .refused && refusal?.exitStatus == .denied)
        #expect(refusal?.message.contains("is at work: ann on host-1, process 7, since 20") == true)
      }
      try await eventually("the lock is free again") {
        do {
          try await fixture.store.migrating(by: "bob", place: "host-2") {}
          return true
        } catch { return false }
      }
    }
  }

  @Test("The role of pods may migrate, an operator may not")
  func roles() async throws {
    try await StoreFixture.with { fixture in
      for role in ["bundlepod", "bundletop_operator"] {
        let name = "\(role)_\(UInt32.random(in: 0 ... .max))"
        try await fixture.raw.script("create role \(name) login password 'secret' in role \(role)")
        var settings = fixture.connection
        settings.user = name
        settings.password = Secret("secret")
        let store = BundleStore(settings, settings: StoreFixture.times, connections: 1)
        do {
          let answer = try await store.migrating(by: "ann", place: "here") {
            try await store.importStatus(
              Make.failed("a", error: "e", requeue: true), by: "ann")
          }
          #expect(role == "bundlepod" && answer.outcome == .taken)
        } catch let error as StoreError {
          #expect(role == "bundletop_operator" && error.kind == .refused, "\(error)")
        }
        await store.close()
      }
    }
  }
}
