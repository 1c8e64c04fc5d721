import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Roles", .serialized)
struct RoleTests {
  /// A store as a login that is a member of one of our roles.
  private func login(_ role: String, _ fixture: StoreFixture) async throws -> ConnectionSettings {
    let name = "\(role)_\(UInt32.random(in: 0 ... .max))"
    try await fixture.raw.script("create role \(name) login password 'secret' in role \(role)")
    var settings = fixture.connection
    settings.user = name
    settings.password = Secret("secret")
    return settings
  }

  private func with(
    _ role: String, _ body: (StoreFixture, BundleStore, Connection) async throws -> Void
  ) async throws {
    try await StoreFixture.with { fixture in
      let settings = try await login(role, fixture)
      let store = BundleStore(settings, settings: StoreFixture.times, connections: 2)
      let connection = try await Connection.connect(settings)
      do {
        try await body(fixture, store, connection)
        await store.close()
        await connection.close()
      } catch {
        await store.close()
        await connection.close()
        throw error
      }
    }
  }

  private func expectDenied(_ connection: Connection, _ statements: [String]) async {
    for statement in statements {
      do {
        try await connection.query(statement)
        Issue.record("allowed: \(statement)")
      } catch {
        #expect(error.sqlState == "42501", "\(statement): \(error)")
      }
    }
  }

  private let writes = TableDump.names.flatMap {
    ["insert into \($0) default values", "delete from \($0)", "truncate \($0)"]
  }

  @Test("A viewer reads everything that a dashboard shows and writes nothing")
  func viewer() async throws {
    try await with("bundletop_viewer") { fixture, store, connection in
      let claim = try await fixture.claim("a", by: fixture.worker())
      #expect(try await store.statuses().count == 1)
      #expect(try await store.attempts(of: "a").count == 1)
      #expect(try await store.latestArtifact(of: "a") == nil)
      #expect(try await store.maxAttempts(ofJob: claim.job.text) == 3)
      #expect(try await store.maxAttempts(ofJob: "apphub's") == nil)
      let (_, cursor) = try await store.snapshot()
      _ = try await fixture.store.report(Progress(stage: .packaging), for: claim)
      guard case .changes(let rows, _, _) = try await store.changes(since: cursor) else {
        Issue.record("the viewer sees no change")
        return
      }
      #expect(rows.map(\.stage) == [.packaging])
      _ = try await store.crew()
      #expect(try await store.retirable(RetirementRule(keep: 1, olderThan: .zero)) == [])
      #expect(try await store.marks(in: "s", grace: .zero) == [])
      let settings = store.pool.settings
      #expect(try await Schema(settings).check().isClean)
      for name in TableDump.names { try await connection.query("select count(*) from \(name)") }
      await expectDenied(connection, writes)
      await expectDenied(
        connection,
        [
          "update example_bundle_status set message = 'x'", "update bundletop_control set value = 'x'",
          "select bundletop_enqueue('a', '{}', 'me', null, 3, 'm', 0, null)",
          "select bundletop_retry('a', null, null, null, null, false, 'me', null, 3, null, false)",
          "select bundletop_cancel('a', null, 'me', null, null)", "select bundletop_pause(null, true, 'me', null)",
          "select bundletop_audit('x', 'me', null, null, 'r', '{}', null)",
          "select bundletop_record_verification('a', '', 's3', '', 1, now(), now(), 'match', 'me', '{}')",
          "select bundletop_complete(gen_random_uuid(), 1, gen_random_uuid(), '', '', '', '', '', '', '', '', 1, true, '', '')",
          "select bundletop_complete_in_files(gen_random_uuid(), 1, gen_random_uuid(), '', true, '')",
        ] + collecting)
    }
  }

  private let collecting = [
    "select bundletop_gc_retire('x', 1, '0', 'me')", "select bundletop_gc_mark('s', '{}', '{}', '{}', '{}', 'me')",
    "select bundletop_gc_unmark('s', '{}', '{}')", "select bundletop_gc_release('s', 'k', '', now(), '0')",
  ]

  @Test("An operator acts through the functions only, and brings no descriptor")
  func `operator`() async throws {
    try await with("bundletop_operator") { fixture, store, connection in
      #expect(try await store.enqueue("a", options: JobOptions(force: true), by: "ann").outcome == .created)
      let claim = try await fixture.claimQueued("a", by: fixture.worker())
      #expect(try await store.maxAttempts(ofJob: claim.job.text) == 3)
      _ = try await fixture.store.fail(claim, errorClass: .bundle, error: "broken")
      let seen = try #require(try await store.statuses().first)
      #expect(try await store.retry("a", seen: SeenState(seen), by: "ann").refusal == nil)
      #expect(try await store.cancel("a", by: "ann").outcome == .cancelled)
      #expect(try await store.setPaused(true, by: "ann").outcome == .paused)
      #expect(try await store.setPaused(false, by: "ann").outcome == .resumed)
      #expect(try await store.operations(of: "a").map(\.what) == ["cancel", "retry"])
      try await store.audit("sign", slug: "a", by: "ann", result: "signed", detail: ["expires": "300"])
      let worker = fixture.worker()
      let other = try await fixture.claim("published", by: worker)
      _ = try await fixture.store.complete(other, publication("published"))
      let artifact = try #require(try await store.artifacts(of: ["published"]).first)
      #expect(try await store.recordVerification(artifact, .mismatch, reason: "r", by: "ann") == .recorded)
      let marked = try #require(try await store.latestArtifact(of: "published"))
      #expect(try await store.finding(of: marked)?.reason == "r")
      let user = try #require(store.pool.settings.user)
      let recorded = "select distinct db_user from example_bundle_operations where who = 'ann'"
      #expect(try await fixture.lines(recorded) == [user])

      let before = try await fixture.lines("select * from example_bundle_jobs order by id")
      let described = JobOptions(descriptor: Descriptor(module: "m", path: "/etc"))
      await #expect(throws: StoreError.self) { try await store.enqueue("b", options: described, by: "ann") }
      for options in ["{\"descriptor\": {\"module\": \"m\", \"path\": \"/etc\"}}", "{\"descriptor\": null}"] {
        let answer = try await connection.query(
          "select outcome from bundletop_enqueue('b', $1, 'ann', null, 3, 'm', 0, null)", [.text(options)])
        #expect(try answer.first?.decode(at: 0) == "refused")
      }
      #expect(try await fixture.lines("select * from example_bundle_jobs order by id") == before)

      try await collect(as: store, fixture)
      await expectDenied(connection, writes)
      await expectDenied(
        connection,
        [
          "update bundletop_gc_marks set marked_at = now()", "select bundletop_lock_object('k')",
          "update example_bundle_status set message = 'x'", "update bundletop_control set value = 'x'",
          "update example_bundle_artifacts set verification = 'match'",
          "update example_bundle_jobs set priority = 9", "update example_bundle_operations set result = 'x'",
          "select bundletop_complete(gen_random_uuid(), 1, gen_random_uuid(), '', '', '', '', '', '', '', '', 1, true, '', '')",
          "select bundletop_complete_in_files(gen_random_uuid(), 1, gen_random_uuid(), '', true, '')",
        ])
    }
  }

  private func collect(as store: BundleStore, _ fixture: StoreFixture) async throws {
    for number in 1...2 {
      let claim = try await fixture.claim("old", by: fixture.worker())
      let made = publication("old", fingerprint: "f\(number)", bytes: UInt8(number))
      // As pods do it, with the lock.
      _ = try await fixture.store.complete(claim, made) {}
    }
    let rule = RetirementRule(keep: 1, olderThan: .zero)
    let old = try #require(try await store.retirable(rule).first)
    try await store.collecting {
      #expect(try await store.podsElsewhere(than: "s") == [])
      #expect(try await store.retire(old, rule, by: "ann"))
      let found = Leftover(key: old.storageKey, size: 10, writtenAt: Timestamp(microseconds: 1))
      #expect(try await store.namedKeys().contains(old.storageKey) == false)
      #expect(try await store.mark([found], in: "s", by: "ann") == 1)
      let mark = try #require(try await store.marks(in: "s", grace: .zero).first)
      #expect(try await store.delete(mark, in: "s", grace: .zero) { true } == .deleted)
      try await store.unmark([found], in: "s")
    }
  }

  @Test("Not even the owner changes the audit by an ordinary statement")
  func appendOnly() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.store.audit("note", slug: nil, by: "me", result: "r")
      await expectDenied(
        fixture.raw,
        [
          "delete from example_bundle_operations", "update example_bundle_operations set result = 'x'",
          "truncate example_bundle_operations",
        ])
    }
  }

  @Test("A pod does all its work and cannot touch the audit")
  func pod() async throws {
    try await with("bundlepod") { fixture, store, connection in
      let worker = fixture.worker("pod-a")
      try await store.register(
        PodRegistration(worker: worker, version: "1", store: "s", concurrency: 1, catalogue: [("a", "1")]))
      #expect(try await store.beat(worker, running: 0))
      #expect(try await store.foreignStores(seenBy: worker) == [])
      let descriptor = Descriptor(module: "m", path: "x")
      #expect(
        try await store.enqueue("a", options: JobOptions(descriptor: descriptor), by: "me").outcome == .created)
      let claim = try #require(try await store.claim(worker, catalogue: ["a"], limit: 1).first)
      #expect(claim.options.descriptor == descriptor)
      #expect(try await store.renew([claim]) == [claim])
      #expect(try await store.report(Progress(stage: .packaging), for: claim))
      #expect(try await store.enqueue("a", options: JobOptions(force: true), by: "me").outcome == .waiting)
      #expect(try await store.complete(claim, publication("a")) {} == .ended(.completed))
      let second = try #require(try await store.claim(worker, catalogue: ["a"], limit: 1).first)
      #expect(try await store.giveBack(second) == .ended(.queued))
      let third = try #require(try await store.claim(worker, catalogue: ["a"], limit: 1).first)
      #expect(try await store.fail(third, errorClass: .bundle, error: "e") == .ended(.failed))
      #expect(try await store.failPoisonJobs() == 0)
      let filed = try await fixture.claim("filed", by: worker)
      #expect(
        try await store.completeInFiles(filed, fingerprint: Fingerprint("f")!, cached: false, tail: nil) { _, _ in }
          == .ended(.completed))
      try await store.holding("a") { _ in }
      #expect(try await store.publishDirectory(source: "s", unmigrated: 0, of: worker))
      #expect(try await store.readSide() == .directory)
      try await fixture.sql("update example_bundle_events set at = now() - interval '60 days'")
      try await eventually("events are pruned") { try await store.pruneEvents() > 0 }
      try await store.prunePods()
      try await store.audit("note", slug: nil, by: "me", result: "r")
      try await store.leave(worker)
      await expectDenied(
        connection,
        [
          "delete from example_bundle_operations", "update example_bundle_operations set result = 'x'",
          "truncate example_bundle_operations", "delete from example_bundle_status",
          "delete from example_bundle_jobs",
          "insert into example_bundle_operations (who, what, result, db_user) values ('x', 'x', 'x', 'somebody')",
          "delete from example_bundle_artifacts", "delete from example_bundle_attempts",
          "insert into example_bundle_events (source, op) values ('status', 'resync')",
          "insert into bundletop_migrations (step, name, checksum) values (9, 'x', 'x')",
          "delete from bundletop_gc_marks",
        ] + collecting)
    }
  }
}
