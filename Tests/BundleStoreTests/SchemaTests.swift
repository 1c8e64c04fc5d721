import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Schema", .serialized)
struct SchemaTests {
  private func empty() async throws -> (TestDatabase, Schema, ConnectionSettings) {
    let database = try await TestDatabase.create()
    let settings = try ConnectionSettings(url: database.url)
    return (database, Schema(settings), settings)
  }

  private let steps = SchemaStep.all.map(\.number)

  @Test("An empty database gets every step once; the second time nothing happens")
  func twice() async throws {
    let (database, schema, _) = try await empty()
    #expect(try await schema.check() == SchemaReport(missing: steps))
    #expect(try await schema.apply() == steps)
    let before = try await database.psql("select * from bundletop_migrations order by step")
    #expect(try await schema.apply() == [])
    #expect(try await database.psql("select * from bundletop_migrations order by step") == before)
    #expect(try await schema.check() == SchemaReport(applied: steps))
    try await database.drop()
  }

  @Test("Twenty at once: one applies, the others find it done")
  func twenty() async throws {
    let (database, schema, _) = try await empty()
    let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
      for _ in 0..<20 { group.addTask { try await schema.apply() } }
      return try await group.reduce(into: [[Int]]()) { $0.append($1) }
    }
    #expect(applied.filter { !$0.isEmpty } == [steps])
    #expect(try await schema.check().isClean)
    try await database.drop()
  }

  @Test("It waits for its turn longer than a statement may take")
  func waitsForItsTurn() async throws {
    let (database, _, settings) = try await empty()
    var hasty = settings
    hasty.statementDeadline = .milliseconds(400)
    let schema = Schema(hasty)
    let other = try await Connection.connect(settings)
    let watch = try await Connection.connect(settings)
    let applied = try await other.transaction { other in
      _ = try await other.query("select pg_advisory_xact_lock($1)", [.integer(0x6275_6e64_6c65_7470)])
      let applied = Task { try await schema.apply() }
      try await eventually("it waits longer than its statements may take") {
        try await watch.query(
          """
          select from pg_stat_activity where datname = current_database() and wait_event = 'advisory'
             and clock_timestamp() - query_start > interval '600 milliseconds'
          """
        ).count == 1
      }
      return applied
    }
    #expect(try await applied.value == steps)
    await other.close()
    await watch.close()
    try await database.drop()
  }

  @Test("A failing step leaves nothing behind")
  func allOrNothing() async throws {
    let (database, schema, _) = try await empty()
    // Somebody else's table of that name stops the first step in its middle.
    try await database.psql("create table example_bundle_jobs (x int)")
    await #expect(throws: StoreError.self) { _ = try await schema.apply() }
    #expect(try await database.psql("select to_regclass('example_bundle_status') is null") == "t")
    #expect(try await database.psql("select to_regclass('bundletop_migrations') is null") == "t")
    try await database.drop()
  }

  @Test("What was changed by hand is named")
  func drift() async throws {
    try await StoreFixture.with(changesSchema: true) { fixture in
      for (statement, _) in Self.changes { try await fixture.raw.script(statement) }
      let report = try await Schema(fixture.connection).check()
      #expect(report.drift.sorted() == Self.changes.map(\.line).sorted())
      #expect(report.isUsable)
      #expect(!report.isClean)
    }
  }

  private static let changes: [(statement: String, line: String)] = [
    ("drop index example_bundle_events_xid", "missing: index example_bundle_events_xid"),
    ("create index example_bundle_stray on example_bundle_status (stage)", "added: index example_bundle_stray"),
    (
      "alter table example_bundle_status disable trigger bundletop_event_update",
      "changed: trigger example_bundle_status.bundletop_event_update"
    ),
    (
      "drop trigger bundletop_event_truncate on example_bundle_artifacts",
      "missing: trigger example_bundle_artifacts.bundletop_event_truncate"
    ),
    (
      "alter table example_bundle_jobs alter max_attempts set default 9",
      "changed: column example_bundle_jobs.max_attempts"
    ),
    (
      "alter table example_bundle_attempts alter pod drop not null",
      "changed: column example_bundle_attempts.pod"
    ),
    (
      "alter table example_bundle_events alter seq drop identity",
      "changed: column example_bundle_events.seq"
    ),
    ("alter table example_bundle_pods add column x int", "added: column example_bundle_pods.x"),
    (
      "create or replace function bundletop_job_id(p_text text) returns uuid language sql as 'select null::uuid'",
      "changed: function bundletop_job_id(text)"
    ),
    (
      "alter function bundletop_status_event() security invoker",
      "changed: function bundletop_status_event()"
    ),
    (
      "alter table example_bundle_jobs drop constraint example_bundle_jobs_state_check",
      "missing: constraint example_bundle_jobs.example_bundle_jobs_state_check"
    ),
    (
      "revoke select on example_bundle_status from bundletop_viewer",
      "missing: grant select on example_bundle_status to bundletop_viewer"
    ),
    (
      "grant update (message) on example_bundle_status to bundletop_operator",
      "added: grant update on example_bundle_status.message to bundletop_operator"
    ),
    (
      "grant execute on function bundletop_pause(text, boolean, text, text) to public",
      "added: grant execute on function bundletop_pause(text,boolean,text,text) to public"
    ),
    (
      "grant insert on example_bundle_jobs to bundlepod with grant option",
      "changed: grant insert on example_bundle_jobs to bundlepod"
    ),
    (
      "update bundletop_migrations set checksum = 'other' where step = 2",
      "step 2 (feed) was applied in another wording"
    ),
  ]

  @Test("Steps of a newer program are named and do no harm")
  func unknownSteps() async throws {
    try await StoreFixture.with(changesSchema: true) { fixture in
      try await fixture.sql("insert into bundletop_migrations (step, name, checksum) values (99, 'later', 'x')")
      let report = try await Schema(fixture.connection).check()
      #expect(report.unknown == [99])
      #expect(report.isUsable)
      #expect(!report.isClean)
      #expect(try await Schema(fixture.connection).apply() == [])
    }
  }

  @Test("Two databases have the same inventory")
  func stableInventory() async throws {
    let (one, schema, _) = try await empty()
    _ = try await schema.apply()
    let (two, other, _) = try await empty()
    _ = try await other.apply()
    let read = "select value from bundletop_control where key = 'schema.inventory'"
    let inventory = try await one.psql(read)
    #expect(try await two.psql(read) == inventory)
    #expect(inventory.split(separator: "\n").count > 150)
    try await one.drop()
    try await two.drop()
  }

  @Test("Programs say what to do when the schema is missing")
  func missingSchema() async throws {
    let (database, _, settings) = try await empty()
    let store = BundleStore(settings)
    do {
      _ = try await store.statuses()
      Issue.record("a database without tables answered")
    } catch {
      #expect(error.kind == .schema)
      #expect(error.message.contains("bundletop schema apply"))
    }
    await store.close()
    try await database.drop()
  }
}
