import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Event pages", .serialized)
struct EventPageTests {
  private func touch(_ slug: String, _ connection: Connection) async throws {
    try await connection.query(
      """
      insert into example_bundle_status (slug, fingerprint, stage, state, attempt) values ($1, 'f', 'queued', 'queued', 1)
      on conflict (slug) do update set message = clock_timestamp()::text
      """, [.text(slug)])
  }

  /// The events behind a cursor, as soon as there are so many: transactions of other tests on the same server hold
  /// events back, too. Fails the test when the cursor is stale.
  private func page(_ store: BundleStore, _ cursor: EventCursor, _ count: Int, limit: Int = 500) async throws
    -> (events: [BundleEvent], next: EventCursor)
  {
    let page = try await eventually(within: .seconds(60), "\(count) events") {
      try await store.events(after: cursor, limit: limit)
    } until: {
      guard case .events(let events, _) = $0 else { return true }
      return events.count >= count
    }
    guard case .events(let events, let next) = page else { throw TestSupportError("the cursor is stale") }
    return (events, next)
  }

  private func slugs(_ events: [BundleEvent]) -> [String] {
    events.map { event in
      switch event.kind {
      case .progress(let status): status.slug.text
      case .removed(let slug): "-\(slug)"
      case .resync: "resync"
      }
    }
  }

  @Test("Nothing is shown while an older transaction is open, and then all of it in the order of transactions")
  func order() async throws {
    try await StoreFixture.with { fixture in
      let start = try await fixture.store.eventStart()
      let early = try await fixture.connect()
      try await early.transaction { early in
        try await touch("early", early)
        try await touch("late", fixture.raw)  // begins later, commits earlier
        let waiting = try await page(fixture.store, start, 0)
        #expect(slugs(waiting.events) == [])
        #expect(waiting.next.position == start.position)
      }
      await early.close()
      let all = try await page(fixture.store, start, 2)
      #expect(slugs(all.events) == ["early", "late"])
      // What a client of another pod resumes from: the position alone.
      let resumed = try await page(fixture.store, EventCursor(position: all.events[0].position, origin: nil), 1)
      #expect(slugs(resumed.events) == ["late"])
      let rest = try await page(fixture.store, all.next, 0)
      #expect(slugs(rest.events) == [])
    }
  }

  @Test("A reader that begins now gets nothing from before, and pages end where the next begins")
  func pages() async throws {
    try await StoreFixture.with { fixture in
      let beginning = try await fixture.store.eventStart()
      try await touch("before", fixture.raw)
      _ = try await page(fixture.store, beginning, 1)
      var cursor = try await fixture.store.eventStart()
      try await fixture.raw.transaction { raw in
        for number in 1...5 { try await touch("b\(number)", raw) }
      }
      var read: [[String]] = []
      for count in [2, 2, 1] {
        let (events, next) = try await page(fixture.store, cursor, count, limit: 2)
        read.append(slugs(events))
        cursor = next
      }
      #expect(read == [["b1", "b2"], ["b3", "b4"], ["b5"]])
    }
  }

  @Test("An event tells of its own time: its stage, its message, and the artifact of its own fingerprint")
  func ownTime() async throws {
    try await StoreFixture.with { fixture in
      let start = try await fixture.store.eventStart()
      let worker = fixture.worker()
      for (fingerprint, byte) in [("f1", UInt8(1)), ("f2", UInt8(2))] {
        let claim = try await fixture.claim("demo", by: worker)
        let progress = Progress(
          stage: .packaging, message: "packing \(fingerprint)", bytesDone: 5, bytesTotal: 10,
          fingerprint: Fingerprint(fingerprint)!)
        #expect(try await fixture.store.report(progress, for: claim))
        let made = publication("demo", fingerprint: fingerprint, bytes: byte)
        #expect(try await fixture.store.complete(claim, made, tail: nil) == .ended(.completed))
      }
      let written = try #require(
        try await fixture.value(
          "select count(*)::int from example_bundle_events where source = 'status'", as: Int.self))
      let statuses = try await page(fixture.store, start, written).events.map { event -> BundleStatus in
        guard case .progress(let status) = event.kind else { throw TestSupportError("not progress: \(event)") }
        return status
      }
      let packing = statuses.filter { $0.stage == .packaging }
      #expect(packing.map(\.message) == ["packing f1", "packing f2"])
      #expect(packing.map(\.bytesDone) == [5, 5])
      #expect(packing.allSatisfy { $0.artifact == nil && $0.checksum == nil && $0.state == .running })
      let completed = statuses.filter { $0.stage == .completed }
      #expect(completed.map(\.fingerprint.text) == ["f1", "f2"])
      #expect(completed.map { $0.artifact?.fingerprint.text } == ["f1", "f2"])
      #expect(completed.map(\.checksum) == completed.map { $0.artifact?.checksum })
      #expect(completed[0].checksum != completed[1].checksum)
      #expect(completed.allSatisfy { $0.completedAt != nil && $0.cached == false && $0.version == "1.0" })
      let now = try #require(try await fixture.status("demo"))
      #expect(completed[1].updatedAt == now.updatedAt && completed[1].createdAt == now.createdAt)
      #expect(completed[1].completedAt == now.completedAt && completed[1].jobID == now.jobID)
    }
  }

  @Test("Deletion is told by name, an emptied table as a resync, a look at an artifact not at all")
  func otherKinds() async throws {
    try await StoreFixture.with { fixture in
      let start = try await fixture.store.eventStart()
      try await touch("a", fixture.raw)
      try await fixture.sql("delete from example_bundle_status where slug = 'a'")
      try await fixture.sql(
        """
        insert into example_bundle_artifacts (id, slug, fingerprint, checksum, storage_kind, storage_key)
        values ('1', 'a', 'f', 'c', 's3', 'k')
        """)
      try await fixture.sql("truncate example_bundle_status")
      #expect(slugs(try await page(fixture.store, start, 3).events) == ["a", "-a", "resync"])
    }
  }

  @Test("A position that was pruned, lies ahead or belongs to another run of the server is stale")
  func stale() async throws {
    try await StoreFixture.with { fixture in
      let start = try await fixture.store.eventStart()
      try await touch("a", fixture.raw)
      try await touch("a", fixture.raw)
      let ahead = EventCursor(position: EventPosition(transaction: 1 << 62, number: 1), origin: nil)
      #expect(try await fixture.store.events(after: ahead) == .stale)
      let elsewhere = EventCursor(position: start.position, origin: "1/1/1")
      #expect(try await fixture.store.events(after: elsewhere) == .stale)
      #expect(try await page(fixture.store, start, 2).events.count == 2)
      var pruned = 0
      try await eventually(within: .seconds(60), "two events pruned") {
        pruned += try await fixture.store.pruneEvents(progressKept: .zero, kept: .zero)
        return pruned == 2
      }
      #expect(try await fixture.store.events(after: start) == .stale)
      #expect(try await fixture.store.events(after: EventCursor(position: start.position, origin: nil)) == .stale)
      let again = try await fixture.store.eventStart()
      try await touch("a", fixture.raw)
      #expect(slugs(try await page(fixture.store, again, 1).events) == ["a"])
    }
  }

  @Test("A reader can begin with the newest events, of all bundles or of some")
  func back() async throws {
    try await StoreFixture.with { fixture in
      let beginning = try await fixture.store.eventStart()
      for slug in ["a", "b", "a", "c", "b"] { try await touch(slug, fixture.raw) }
      _ = try await page(fixture.store, beginning, 5)
      func begun(_ count: Int, _ slugs: [Slug] = []) async throws -> [String] {
        let cursor = try await fixture.store.eventStart(back: count, of: slugs)
        return self.slugs(try await page(fixture.store, cursor, 0).events)
      }
      #expect(try await begun(0) == [])
      #expect(try await begun(2) == ["c", "b"])
      #expect(try await begun(99) == ["a", "b", "a", "c", "b"])
      #expect(try await begun(1, ["a"]) == ["b", "a", "c", "b"])
      #expect(try await begun(1, ["a", "c"]) == ["c", "b"])
    }
  }

  @Test(
    "A position goes on in the next run of a server, not in this one, nor on another server or timeline",
    arguments: [
      ("1/1/100", "1/1/200", true), ("1/1/100", "1/1/100", false), ("1/1/100", "1/2/200", false),
      ("1/1/100", "2/1/200", false), (nil, "1/1/200", false),
    ] as [(String?, String, Bool)])
  func continued(before: String?, now: String, goesOn: Bool) {
    let position = EventPosition(transaction: 5, number: 6)
    let start = EventCursor(position: EventPosition(transaction: 9, number: 9), origin: now)
    let expected = goesOn ? EventCursor(position: position, origin: now) : nil
    #expect(EventCursor(position: position, origin: before).continued(in: start) == expected)
  }

  @Test("What the status route serves names its snapshot, also when there is no bundle")
  func served() async throws {
    try await StoreFixture.with { fixture in
      let empty = try await fixture.store.servedStatuses()
      #expect(empty.statuses == [])
      #expect(empty.snapshot.split(separator: ":").count >= 2)
      try await touch("a", fixture.raw)
      try await touch("b", fixture.raw)
      let served = try await fixture.store.servedStatuses()
      #expect(served.statuses == (try await fixture.store.statuses()))
      #expect(served.statuses.map(\.slug) == ["b", "a"])
      #expect(served.snapshot != empty.snapshot)
    }
  }
}
