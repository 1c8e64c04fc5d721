import BundleModel
import LocalStack
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import BundleStore

/// Tells tasks that it is time to end.
private final class Flag: Sendable {
  private let raised = Mutex(false)
  var isRaised: Bool { raised.withLock { $0 } }
  func raise() { raised.withLock { $0 = true } }
}

/// Sixteen writers that commit out of order, one that reads.
@Suite("Feed under load", .serialized)
struct FeedStressTests {
  private static let writers = 16
  private static let bundles = 60
  private static let writing = Duration.seconds(5)

  @Test("Nothing is lost, nothing is repeated, and what the reader holds is the table")
  func stress() async throws {
    try await StoreFixture.with { fixture in
      let isOver = Flag()
      try await withThrowingTaskGroup(of: Void.self) { group in
        let start = try await fixture.store.eventStart()
        let (rows, cursor) = try await fixture.store.snapshot()
        let begin = ContinuousClock.now
        group.addTask { try await Self.read(fixture, from: rows, cursor, until: isOver) }
        group.addTask { try await Self.readEvents(fixture, from: start, until: isOver) }
        try await withThrowingTaskGroup(of: Void.self) { writers in
          for writer in 0..<Self.writers {
            writers.addTask { try await Self.write(fixture, number: writer, until: begin + Self.writing) }
          }
          try await writers.waitForAll()
        }
        isOver.raise()
        try await group.waitForAll()
      }
    }
  }

  /// Changes bundles in transactions of random length and size.
  private static func write(
    _ fixture: StoreFixture, number: Int, until end: ContinuousClock.Instant
  ) async throws {
    let connection = try await fixture.connect()
    var random = SeededRandom(seed: UInt64(2026 + number))
    var turn = 0
    // On a machine that is short of time, until enough has happened.
    while ContinuousClock.now < end || turn < 20 {
      turn += 1
      // Locks in one order, so that the writers wait for each other instead of dying of it.
      let slugs = Set(
        (0..<Int.random(in: 1...3, using: &random)).map { _ in Int.random(in: 0..<bundles, using: &random) })
      let isLong = number < 2 && turn % 40 == 5
      let hold = isLong ? Duration.milliseconds(800) : .microseconds(Int.random(in: 0...25_000, using: &random))
      let script = slugs.sorted().map { statement($0, "w\(number) t\(turn)", &random) }.joined(separator: ";\n")
      try await connection.transaction { connection in
        try await connection.script(script)
        try await pause(for: hold)
      }
    }
    await connection.close()
  }

  private static func statement(_ bundle: Int, _ text: String, _ random: inout SeededRandom) -> String {
    let upsert = """
      insert into example_bundle_status (slug, fingerprint, stage, state, attempt, message)
      values ('b\(bundle)', 'f', 'queued', 'queued', 1, '\(text)')
      on conflict (slug) do update set message = excluded.message, attempt = example_bundle_status.attempt + 1
      """
    if random.chance(4) { return "delete from example_bundle_status where slug = 'b\(bundle)'" }
    if random.chance(5) {
      // Undone, and then perhaps done otherwise.
      return "savepoint s;\n\(upsert);\nrollback to savepoint s"
        + (random.chance(50) ? ";\n\(upsert.split(separator: text).joined(separator: "\(text) again"))" : "")
    }
    if random.chance(5) { return "savepoint s;\n\(upsert);\nrelease savepoint s" }
    return upsert
  }

  /// Follows the feed as a dashboard does.
  private static func read(
    _ fixture: StoreFixture, from rows: [BundleStatus], _ start: FeedCursor, until isOver: Flag
  ) async throws {
    var known = Dictionary(uniqueKeysWithValues: rows.map { ($0.slug, $0) })
    var cursor = start
    var polls = 0
    var changes = 0
    while true {
      let isLast = isOver.isRaised
      switch try await fixture.store.changes(since: cursor) {
      case .unchanged: break
      case .resync: Issue.record("a resync without reason")
      case .changes(let upserts, let removed, let next):
        changes += upserts.count + removed.count
        for row in upserts { known[row.slug] = row }
        for slug in removed { known[slug] = nil }
        cursor = next
      }
      polls += 1
      if isLast { break }
      try await pause(for: .milliseconds(20))
    }
    let table = try await fixture.store.statuses()
    #expect(known.count == table.count)
    for row in table { #expect(known[row.slug] == row) }
    #expect(polls > 20 && changes > 200, "\(polls) polls, \(changes) changes: too little happened")
  }

  /// Collects every event page by page, as the pods' event stream does.
  private static func readEvents(
    _ fixture: StoreFixture, from start: EventCursor, until isOver: Flag
  ) async throws {
    var cursor = start
    var seen: [EventPosition] = []
    while true {
      let isLast = isOver.isRaised
      guard case .events(let events, let next) = try await fixture.store.events(after: cursor, limit: 50) else {
        Issue.record("stale without reason")
        return
      }
      seen += events.map(\.position)
      cursor = next
      if isLast { break }
      if events.isEmpty { try await pause(for: .milliseconds(20)) }
    }
    let all = try await fixture.sql(
      "select e.xid::text, e.seq from example_bundle_events e where source = 'status' order by e.xid, e.seq"
    ).map {
      EventPosition(transaction: UInt64(try $0.decode(at: 0, as: String.self))!, number: try $0.decode(at: 1))
    }
    // Transactions of other tests on the same server may hold the last ones back for a while.
    try await eventually(within: .seconds(60), "\(all.count) events") {
      if case .events(let events, let next) = try await fixture.store.events(after: cursor) {
        seen += events.map(\.position)
        cursor = next
      }
      return seen.count >= all.count
    }
    #expect(seen == all, "\(seen.count) events were read, \(all.count) were written")
    print("events under load: \(all.count) of \(writers) writers, none lost, none repeated, all in order")
    #expect(all.count > 500)
  }
}
