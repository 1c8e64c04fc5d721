import BundleModel
import LocalStack
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import BundleStore

/// What a follower has told so far.
private final class Heard: Sendable {
  struct State {
    var rows: [Slug: BundleStatus] = [:]
    var resyncs = 0
    var unreachable = 0
    var freshness: Freshness?
    var pods: [Pod] = []
  }

  private let state = Mutex(State())
  var now: State { state.withLock { $0 } }

  func take(_ event: FeedEvent) {
    state.withLock { state in
      switch event {
      case .resync(let rows):
        state.resyncs += 1
        state.rows = Dictionary(uniqueKeysWithValues: rows.map { ($0.slug, $0) })
      case .changes(let rows, let removed):
        for row in rows { state.rows[row.slug] = row }
        for slug in removed { state.rows[slug] = nil }
      case .current: break
      case .crew(let crew): state.pods = crew.pods
      case .freshness(let freshness): state.freshness = freshness
      case .unreachable: state.unreachable += 1
      }
    }
  }

  /// Follows while `body` runs.
  static func with(_ store: BundleStore, _ body: (Heard) async throws -> Void) async throws {
    let heard = Heard()
    let task = Task { await store.follow { heard.take($0) } }
    do {
      try await body(heard)
    } catch {
      task.cancel()
      await task.value
      throw error
    }
    task.cancel()
    await task.value
  }
}

@Suite("Follow", .serialized)
struct FollowTests {
  /// Polls so rarely that only the doorbell can bring news.
  private static let doorbellOnly: StoreSettings = {
    var settings = StoreFixture.times
    settings.pollEvery = .seconds(600)
    return settings
  }()

  private func isLive(_ heard: Heard) -> Bool {
    if case .live = heard.now.freshness { true } else { false }
  }

  @Test("A change arrives by the doorbell, long before the next poll")
  func doorbell() async throws {
    try await StoreFixture.with(settings: Self.doorbellOnly, connections: 3) { fixture in
      try await Heard.with(fixture.store) { heard in
        try await eventually("the first rows") { heard.now.resyncs == 1 }
        // The listener rings once when it is there; until then a change might come with that.
        try await eventually("the listener listens") {
          try await fixture.value(
            "select count(*) from pg_stat_activity where datname = current_database() and query like 'listen%'",
            as: Int.self) == 1
        }
        for number in 1...5 {
          let slug = Slug("s\(number)")!
          _ = try await fixture.store.enqueue(slug, by: "me")
          try await eventually(within: .seconds(60), "\(slug) arrives") { heard.now.rows[slug] != nil }
        }
        #expect(heard.now.resyncs == 1)
      }
    }
  }

  @Test("Without the doorbell a change arrives by polling, and the doorbell comes back")
  func poll() async throws {
    try await StoreFixture.with(connections: 3) { fixture in
      try await Heard.with(fixture.store) { heard in
        try await eventually("live") { isLive(heard) }
        try await eventually("the doorbell's connections are ended") {
          let ended = try await fixture.lines(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and query like 'listen%'
            """)
          return !ended.isEmpty
        }
        // Written without ringing: nothing but a poll can find it.
        try await AppHubWriter(connection: fixture.raw).status(
          "quiet", fingerprint: "f", stage: "queued", state: "queued")
        try await eventually(within: .seconds(60), "the change arrives") { heard.now.rows["quiet"] != nil }
        try await eventually("live again") { isLive(heard) }
        #expect(heard.now.resyncs == 1)
        #expect(heard.now.unreachable == 0)
      }
    }
  }

  @Test("Deleted rows and emptied tables reach the follower")
  func deletions() async throws {
    try await StoreFixture.with(connections: 3) { fixture in
      for slug in ["a", "b", "c"] as [Slug] { _ = try await fixture.store.enqueue(slug, by: "me") }
      try await Heard.with(fixture.store) { heard in
        try await eventually("three rows") { heard.now.rows.count == 3 }
        try await fixture.sql("delete from example_bundle_status where slug = 'b'")
        try await eventually("two rows") { Set(heard.now.rows.keys) == ["a", "c"] }
        try await fixture.sql("truncate example_bundle_status")
        try await eventually("none") { heard.now.rows.isEmpty }
        #expect(heard.now.resyncs == 2)
      }
    }
  }

  @Test("A server that is stopped is told of, the rows stay, and the feed goes on when it is back")
  func outage() async throws {
    let directory = try StackDirectory.create()
    let server: LocalPostgres
    do {
      server = try await LocalPostgres.start(in: directory, options: .init(durable: true))
    } catch {
      try? directory.remove()
      throw error
    }
    do {
      let database = try await TestDatabase.create(on: server)
      let settings = try ConnectionSettings(url: database.url)
      _ = try await Schema(settings).apply()
      let store = BundleStore(settings, settings: StoreFixture.times, connections: 3)
      _ = try await store.enqueue("a", by: "me")
      try await Heard.with(store) { heard in
        try await eventually("the first row") { heard.now.rows["a"] != nil }
        await server.crash()
        try await eventually(within: .seconds(60), "unreachable is told") { heard.now.unreachable > 0 }
        #expect(heard.now.rows["a"] != nil)
        let refusal = await #expect(throws: StoreError.self) { try await store.statuses() }
        #expect(refusal?.kind == .unavailable)
        try await server.startAgain()
        try await eventually(within: .seconds(60), "a new row is written") {
          try await store.enqueue("b", by: "me").job != nil
        }
        try await eventually(within: .seconds(60), "it arrives") { heard.now.rows["b"] != nil }
        try await eventually(within: .seconds(60), "live again") { isLive(heard) }
      }
      await store.close()
    } catch {
      await server.stop()
      try? directory.remove()
      throw error
    }
    await server.stop()
    try directory.remove()
  }
}
