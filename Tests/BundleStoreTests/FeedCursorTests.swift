import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Feed cursor", .serialized)
struct FeedCursorTests {
  private func touch(_ slug: String, _ connection: Connection) async throws {
    try await connection.query(
      """
      insert into example_bundle_status (slug, fingerprint, stage, state, attempt) values ($1, 'f', 'queued', 'queued', 1)
      on conflict (slug) do update set message = clock_timestamp()::text
      """, [.text(slug)])
  }

  @Test("Between a snapshot and its changes nothing falls through, whatever is open meanwhile")
  func noGap() async throws {
    try await StoreFixture.with { fixture in
      try await touch("before", fixture.raw)
      let early = try await fixture.connect()
      let (statuses, cursor) = try await early.transaction { early in
        try await touch("open", early)
        try await touch("between", fixture.raw)  // begins later, commits earlier
        return try await fixture.store.snapshot()
      }
      await early.close()
      #expect(Set(statuses.map(\.slug)) == ["before", "between"])
      try await touch("after", fixture.raw)
      guard case .changes(let rows, let removed, let next) = try await fixture.store.changes(since: cursor) else {
        Issue.record("no changes")
        return
      }
      #expect(Set(rows.map(\.slug)) == ["open", "after"])
      #expect(removed == [])
      #expect(try await fixture.store.changes(since: next) == .unchanged)
    }
  }

  @Test("A savepoint that was rolled back is not seen, one that was released is")
  func savepoints() async throws {
    try await StoreFixture.with { fixture in
      let (_, cursor) = try await fixture.store.snapshot()
      try await fixture.raw.transaction { raw in
        try await touch("kept", raw)
        try await raw.script("savepoint one")
        try await touch("undone", raw)
        try await raw.script("rollback to savepoint one; savepoint two")
        try await touch("released", raw)
        try await raw.script("release savepoint two")
      }
      guard case .changes(let rows, let removed, _) = try await fixture.store.changes(since: cursor) else {
        Issue.record("no changes")
        return
      }
      #expect(Set(rows.map(\.slug)) == ["kept", "released"])
      #expect(removed == [])
    }
  }

  @Test(
    "A cursor of another cluster, another timeline or another future is worth nothing here",
    arguments: ["1/1", "nonsense", "", "+1"])
  func otherOrigin(origin: String) async throws {
    try await StoreFixture.with { fixture in
      var (_, cursor) = try await fixture.store.snapshot()
      if origin == "+1" {
        let parts = cursor.origin.split(separator: "/")
        cursor.origin = "\(parts[0])/\(Int(parts[1])! + 1)"
      } else {
        cursor.origin = origin
      }
      #expect(try await fixture.store.changes(since: cursor) == .resync)
      #expect(try await fixture.store.changes(since: cursor, quick: false) == .resync)
    }
  }

  @Test("A cursor from after a restored backup is noticed: it knows transactions that never were")
  func restored() async throws {
    try await StoreFixture.with { fixture in
      var (_, cursor) = try await fixture.store.snapshot()
      cursor.snapshot = "900000000000:900000000000:"
      #expect(try await fixture.store.changes(since: cursor) == .resync)
    }
  }

  @Test("The cursor can be renewed while nothing happens")
  func renewed() async throws {
    try await StoreFixture.with { fixture in
      let (_, cursor) = try await fixture.store.snapshot()
      try await fixture.sql("select pg_current_xact_id()")
      guard
        case .changes(let rows, let removed, let next) = try await fixture.store.changes(
          since: cursor, quick: false)
      else {
        Issue.record("no answer")
        return
      }
      #expect(rows == [] && removed == [])
      #expect(next.snapshot != cursor.snapshot && next.origin == cursor.origin)
    }
  }

  @Test("Pruning keeps progress for a short time, the rest for a long one, and raises the floor")
  func prune() async throws {
    try await StoreFixture.with { fixture in
      let (_, old) = try await fixture.store.snapshot()
      try await touch("a", fixture.raw)  // an event of its own
      for _ in 0..<12 { try await touch("a", fixture.raw) }  // progress
      let count = "select count(*) from example_bundle_events"
      #expect(try await fixture.value(count, as: Int.self) == 13)
      #expect(try await fixture.store.pruneEvents() == 0)
      #expect(try await fixture.store.changes(since: old) != .resync)

      try await fixture.sql("update example_bundle_events set at = now() - interval '2 hours'")
      // What other databases of the server have open holds pruning up for a moment.
      var pruned = 0
      try await eventually("twelve events are pruned") {
        pruned += try await fixture.store.pruneEvents(batch: 5)
        return pruned == 12
      }
      #expect(try await fixture.lines("select op, is_progress from example_bundle_events") == ["insert|f"])
      #expect(try await fixture.store.changes(since: old) == .resync)
      let (_, new) = try await fixture.store.snapshot()
      #expect(try await fixture.store.changes(since: new) == .unchanged)

      let floor = "select value::bigint from bundletop_control where key = 'feed.floor'"
      let before = try #require(try await fixture.value(floor, as: Int.self))
      #expect(before > 0)
      try await fixture.sql("update example_bundle_events set at = now() - interval '31 days'")
      try await eventually("the last event is pruned") { try await fixture.store.pruneEvents() == 1 }
      #expect(try #require(try await fixture.value(floor, as: Int.self)) >= before)
      #expect(try await fixture.store.pruneEvents() == 0)
    }
  }

  @Test("A floor that was lost is put back above every cursor from before, and below every new one")
  func floorIsHealed() async throws {
    try await StoreFixture.with { fixture in
      let (_, old) = try await fixture.store.snapshot()
      for _ in 0..<3 { try await touch("a", fixture.raw) }
      try await fixture.sql("delete from bundletop_control where key = 'feed.floor'")
      // Nothing is old enough, and it is healed all the same: who knows what was deleted before.
      try await eventually("the cursor from before is below the floor") {
        try await fixture.sql("delete from bundletop_control where key = 'feed.floor'")
        #expect(try await fixture.store.pruneEvents() == 0)
        return try await fixture.store.changes(since: old) == .resync
      }
      let (_, new) = try await fixture.store.snapshot()
      #expect(try await fixture.store.changes(since: new) == .unchanged)
      #expect(try await fixture.value("select count(*) from example_bundle_events", as: Int.self) == 3)
    }
  }

  @Test("A pruning that cannot raise the floor deletes nothing")
  func pruneIsOneTransaction() async throws {
    try await StoreFixture.with(changesSchema: true) { fixture in
      for _ in 0..<3 { try await touch("a", fixture.raw) }
      try await fixture.sql("update example_bundle_events set at = now() - interval '60 days'")
      let dump = try await TableDump.read(fixture.raw)
      try await fixture.raw.script(
        """
        create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
        create trigger refuse before update on bundletop_control for each row execute function refuse()
        """)
      try await eventually("a pruning has tried") {
        do {
          _ = try await fixture.store.pruneEvents()
          return false
        } catch { return true }
      }
      let after = try await TableDump.read(fixture.raw)
      #expect(after == dump, "\(after.difference(dump))")
    }
  }

  @Test("A transaction that stays open while others are pruned does not send readers round in circles")
  func pruneBesideOpenTransaction() async throws {
    try await StoreFixture.with { fixture in
      let long = try await fixture.connect()
      try await long.transaction { long in
        try await touch("long", long)
        for _ in 0..<5 { try await touch("a", fixture.raw) }
        try await fixture.sql("update example_bundle_events set at = now() - interval '60 days'")
        _ = try await fixture.store.pruneEvents()
        let (_, cursor) = try await fixture.store.snapshot()
        #expect(try await fixture.store.changes(since: cursor) != .resync)
      }
      await long.close()
    }
  }

  @Test("Two that prune at once delete each event once")
  func pruneTogether() async throws {
    try await StoreFixture.with(connections: 4) { fixture in
      for index in 0..<40 { try await touch("a\(index)", fixture.raw) }
      try await fixture.sql("update example_bundle_events set at = now() - interval '60 days'")
      let deleted = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 { group.addTask { try await fixture.store.pruneEvents(batch: 7) } }
        return try await group.reduce(0, +)
      }
      #expect(deleted <= 40)
      try await eventually("none is left") {
        _ = try await fixture.store.pruneEvents()
        return try await fixture.value("select count(*) from example_bundle_events", as: Int.self) == 0
      }
    }
  }

  @Test("A table that is emptied between the small question and the large one is noticed")
  func truncatedInBetween() async throws {
    try await StoreFixture.with { fixture in
      try await touch("a", fixture.raw)
      let (_, cursor) = try await fixture.store.snapshot()
      try await touch("b", fixture.raw)
      let probe = try await fixture.value(
        SQLText.probe, [.text(cursor.snapshot), .text(cursor.origin)], as: Int.self)
      #expect(probe == 1)
      try await fixture.sql("truncate example_bundle_status")
      #expect(try await fixture.store.changedRows(since: cursor) == .resync)
    }
  }
}
