import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("What the store tells of its health", .timeLimit(.minutes(3)))
struct HealthTests {
  @Test("the steps of the schema, and whether they are this program's")
  func steps() async throws {
    try await StoreFixture.with(changesSchema: true) { fixture in
      let all = SchemaStep.all.map(\.number)
      var report = try await fixture.store.schemaSteps(deadline: .seconds(30))
      #expect(report.applied == all && report.isClean)
      try await fixture.sql("update bundletop_migrations set checksum = 'x' where step = 2")
      try await fixture.sql("insert into bundletop_migrations (step, name, checksum) values (999, 'later', 'y')")
      report = try await fixture.store.schemaSteps(deadline: .seconds(30))
      #expect(report.unknown == [999] && report.drift.count == 1 && report.isUsable)
      try await fixture.sql("delete from bundletop_migrations where step = 1")
      #expect(try await !fixture.store.schemaSteps(deadline: .seconds(30)).isUsable)
      try await fixture.sql("drop table bundletop_migrations")
      await #expect { try await fixture.store.schemaSteps(deadline: .seconds(30)) } throws: {
        ($0 as? StoreError)?.kind == .schema
      }
    }
  }

  @Test("the queue, leases that ended, foreign writers and long transactions")
  func vitals() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      var vitals = try await store.vitals(deadline: .seconds(30))
      #expect(vitals == StoreVitals(now: vitals.now))
      _ = try await store.enqueue("waits", options: JobOptions(), by: "test")
      try await fixture.sql("update example_bundle_jobs set run_at = now() - interval '1 hour'")
      let claim = try await fixture.claim("runs", by: fixture.worker())
      vitals = try await store.vitals(deadline: .seconds(30))
      #expect(vitals.queued == 1 && vitals.running == 1 && vitals.expiredLeases == 0)
      #expect(try #require(vitals.waited) >= .seconds(3600))
      #expect(!vitals.hasForeignWriters && vitals.oldestWrite == nil)
      try await fixture.sql(
        "update example_bundle_jobs set lease_until = now() - interval '6 seconds' where id = $1::uuid",
        [.text(claim.job.text)])
      try await fixture.sql(
        "update example_bundle_jobs set run_at = now() + interval '1 hour' where state = 'queued'")
      // As AppHub's pods write: another job, the same attempt.
      try await fixture.sql("update example_bundle_status set job_id = 'apphub' where slug = 'runs'")
      let other = try await fixture.connect()
      _ = try await other.query("begin")
      _ = try await other.query("select pg_current_xact_id()")
      vitals = try await store.vitals(deadline: .seconds(30))
      #expect(vitals.queued == 1 && vitals.waited == nil && vitals.expiredLeases == 1)
      #expect(vitals.hasForeignWriters && vitals.oldestWrite != nil)
      _ = try await other.query("rollback")
      await other.close()
    }
  }

  @Test("which files of the old store are known: by rows as new as they are, or by the journal")
  func legacy() async throws {
    try await StoreFixture.with { fixture in
      let moment = Timestamp(microseconds: 1_700_000_000_123_456)
      try await fixture.sql(
        """
        insert into example_bundle_status (slug, fingerprint, stage, state, updated_at)
        values ('a', 'f', 'completed', 'completed', $1::timestamptz)
        """, [.timestamp(moment)])
      try await fixture.sql(
        """
        insert into example_bundle_migrations (source, path, kind, slug, outcome, reason, modified_at, verified_at)
        values ('here', 'status/j.json', 'status', 'j', 'taken', null, $1::timestamptz, null),
               ('here', 'status/q.json', 'status', 'q', 'quarantined', 'no time', $1::timestamptz, null),
               ('here', 'status/o.json', 'status', 'o', 'superseded', 'older', $1::timestamptz, null),
               ('here', 'status/p.json', 'status', 'p', 'superseded', 'older', $1::timestamptz, now())
        """, [.timestamp(moment)])
      func known(_ slug: Slug, _ updated: Timestamp?, modified: Timestamp = moment) async throws -> Int {
        try await fixture.store.countKnown([
          StatusOnDisk(slug: slug, updatedAt: updated, path: "status/\(slug).json", modifiedAt: modified)
        ])
      }
      let later = moment.advanced(by: .milliseconds(1))
      #expect(try await known("a", moment) == 1)
      #expect(try await known("a", nil) == 1)
      #expect(try await known("a", later) == 0)
      #expect(try await known("b", nil) == 0)
      #expect(try await known("j", later) == 1)
      #expect(try await known("j", later, modified: later) == 0)
      #expect(try await known("q", moment) == 0)
      #expect(try await known("o", moment) == 0)
      #expect(try await known("p", moment) == 1)
      #expect(try await fixture.store.countKnown([]) == 0)
    }
  }

  @Test("connections are counted by what they do")
  func connections() async throws {
    try await StoreFixture.with(connections: 1) { fixture in
      let store = fixture.store
      #expect(store.connectionCounts == ConnectionCounts(idle: 0, busy: 0, waiting: 0))
      _ = try await store.statuses()
      #expect(store.connectionCounts == ConnectionCounts(idle: 1, busy: 0, waiting: 0))
    }
  }
}
