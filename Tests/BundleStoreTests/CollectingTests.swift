import BundleModel
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import BundleStore

@Suite("What gc does to rows", .serialized)
struct CollectingTests {
  private let place = "s3 http://store/bucket"

  private func leftover(_ key: String, upload: String? = nil, size: Int64 = 7, at second: Int64 = 1_000)
    -> Leftover
  {
    Leftover(
      key: key, upload: upload, size: size, writtenAt: Timestamp(microseconds: second * 1_000_000 + 123_456))
  }

  /// As if everything had been marked so long ago.
  private func age(_ fixture: StoreFixture, hours: Int = 25) async throws {
    try await fixture.sql("update bundletop_gc_marks set marked_at = marked_at - interval '\(hours) hours'")
  }

  private let day = Duration.seconds(86_400)

  // MARK: - Marks

  @Test("A mark keeps its time until what it marks is written again; each store has its own")
  func marks() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let found = [leftover("a/f/k"), leftover("a/f/k", upload: "u1", size: 0), leftover("b/f/k")]
      #expect(try await store.mark(found, in: place, by: "ann") == 3)
      #expect(try await store.mark(found, in: place, by: "bob") == 0)
      #expect(try await store.mark([found[0]], in: "elsewhere", by: "ann") == 1)
      #expect(try await store.marks(in: place, grace: day).map(\.leftover) == found)
      #expect(try await store.marks(in: place, grace: day).allSatisfy { !$0.isDue })
      try await age(fixture)
      #expect(try await store.marks(in: place, grace: day).allSatisfy(\.isDue))

      let again = leftover("a/f/k", at: 2_000)
      #expect(try await store.mark([again, found[1], found[2]], in: place, by: "ann") == 1)
      let marks = try await store.marks(in: place, grace: day)
      #expect(marks.map(\.leftover) == [again, found[1], found[2]])
      #expect(marks.map(\.isDue) == [false, true, true])

      try await store.unmark([again, found[1]], in: place)
      #expect(try await store.marks(in: place, grace: day).map(\.leftover) == [found[2]])
      #expect(try await store.marks(in: "elsewhere", grace: day).count == 1)
    }
  }

  @Test("Many are marked in batches")
  func manyMarks() async throws {
    try await StoreFixture.with { fixture in
      let found = (0..<2_345).map { leftover("many/f/\($0)") }
      #expect(try await fixture.store.mark(found, in: place, by: "ann") == 2_345)
      try await fixture.store.unmark(Array(found.dropLast()), in: place)
      #expect(try await fixture.store.marks(in: place, grace: day).map(\.leftover) == [found[2_344]])
    }
  }

  @Test("What a row names is not marked")
  func namedIsNotMarked() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.complete(claim, publication("a"))
      let key = publication("a").storageKey
      #expect(try await fixture.store.namedKeys() == [key])
      #expect(try await fixture.store.mark([leftover(key), leftover("b/f/k")], in: place, by: "ann") == 1)
      #expect(try await fixture.store.marks(in: place, grace: day).map(\.leftover.key) == ["b/f/k"])
    }
  }

  // MARK: - Deleting

  @Test("Only what was marked long enough ago, is named by nobody and still is the same is deleted")
  func deletes() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let calls = Mutex(0)
      func delete(_ mark: LeftoverMark, is same: Bool = true) async throws -> Deletion {
        try await store.delete(mark, in: place, grace: day) {
          calls.withLock { $0 += 1 }
          return same
        }
      }
      let published = publication("a")
      _ = try await store.mark(
        [leftover("early/f/k"), leftover(published.storageKey), leftover("same/f/k"), leftover("written/f/k")],
        in: place, by: "ann")
      let young = try await store.marks(in: place, grace: day)
      #expect(try await delete(young[1]) == .early)

      try await age(fixture)
      let marks = try await store.marks(in: place, grace: day)
      #expect(try await delete(young[1]) == .changed, "another mark than the one that is there")
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await store.complete(claim, published)
      #expect(try await delete(marks[0]) == .named)
      #expect(calls.withLock { $0 } == 0, "the object store was not even asked")

      #expect(try await delete(marks[2]) == .deleted)
      #expect(try await delete(marks[2]) == .changed, "nothing is deleted twice")
      #expect(try await delete(marks[3], is: false) == .changed)
      #expect(calls.withLock { $0 } == 2)
      let left = try await store.marks(in: place, grace: day).map(\.leftover.key)
      #expect(left == [published.storageKey, "early/f/k"], "what is not what was marked is marked anew")
    }
  }

  @Test("The mark stays when the object store does not answer")
  func failedDeletion() async throws {
    struct Down: Error {}
    try await StoreFixture.with { fixture in
      _ = try await fixture.store.mark([leftover("a/f/k")], in: place, by: "ann")
      try await age(fixture)
      let mark = try #require(try await fixture.store.marks(in: place, grace: day).first)
      await #expect(throws: Down.self) {
        try await fixture.store.delete(mark, in: place, grace: day) { throw Down() }
      }
      #expect(try await fixture.store.marks(in: place, grace: day) == [mark])
    }
  }

  @Test("An unfinished upload goes also when its object is named")
  func uploadOfANamedKey() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.complete(claim, publication("a"))
      let upload = leftover(publication("a").storageKey, upload: "u1", size: 0)
      #expect(try await fixture.store.mark([upload], in: place, by: "ann") == 1)
      try await age(fixture)
      let mark = try #require(try await fixture.store.marks(in: place, grace: day).first)
      #expect(try await fixture.store.delete(mark, in: place, grace: day) { true } == .deleted)
    }
  }

  @Test("Whoever publishes an object and whoever deletes it take turns, and the second one sees what the first did")
  func deletionAndPublicationTakeTurns() async throws {
    try await StoreFixture.with(connections: 4) { fixture in
      let store = fixture.store
      let key = publication("a").storageKey
      let exists = Mutex(true)
      _ = try await store.mark([leftover(key)], in: place, by: "ann")
      try await age(fixture)
      let mark = try #require(try await store.marks(in: place, grace: day).first)
      let claim = try await fixture.claim("a", by: fixture.worker())
      struct Vanished: Error {}

      // The deletion is first: it holds the lock until the publisher waits.
      let (deleting, isDeleting) = AsyncStream.makeStream(of: Void.self)
      async let deletion = store.delete(mark, in: place, grace: day) {
        isDeleting.finish()
        try await fixture.waitForLockWaiters(1)
        exists.withLock { $0 = false }
        return true
      }
      for await _ in deleting {}
      await #expect(throws: Vanished.self) {
        try await store.complete(claim, publication("a")) {
          guard exists.withLock({ $0 }) else { throw Vanished() }
        }
      }
      #expect(try await deletion == .deleted)
      #expect(try await fixture.status("a")?.state == .running)

      // The publication is first.
      exists.withLock { $0 = true }
      _ = try await store.mark([leftover(key)], in: place, by: "ann")
      try await age(fixture)
      let second = try #require(try await store.marks(in: place, grace: day).first)
      let (publishing, isPublishing) = AsyncStream.makeStream(of: Void.self)
      async let end = store.complete(claim, publication("a")) {
        isPublishing.finish()
        try await fixture.waitForLockWaiters(1)
      }
      for await _ in publishing {}
      let outcome = try await store.delete(second, in: place, grace: day) {
        Issue.record("it would be deleted")
        return true
      }
      #expect(outcome == .named)
      #expect(try await end == .ended(.completed))
    }
  }

  // MARK: - One at a time

  @Test("A second run is refused while the first is at work, and welcome afterwards")
  func oneAtATime() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.store.collecting {
        do {
          try await fixture.store.collecting { _ = Issue.record("two at once") }
        } catch let error as StoreError {
          #expect(error.kind == .refused && error.message.contains("another"))
        }
      }
      try await eventually("the lock is free again") {
        do {
          try await fixture.store.collecting {}
          return true
        } catch { return false }
      }
    }
  }

  @Test("Live pods that write to another store are named")
  func podsElsewhere() async throws {
    try await StoreFixture.with { fixture in
      for (name, store) in [("p1", "here"), ("p2", "there"), ("p3", "there")] {
        try await fixture.store.register(
          PodRegistration(
            worker: fixture.worker(name), version: "1", store: store, concurrency: 1, catalogue: []))
      }
      #expect(try await fixture.store.podsElsewhere(than: "here") == ["p2: there", "p3: there"])
      try await fixture.sql("update example_bundle_pods set stopped_at = now() where name = 'p2'")
      try await fixture.sql("update example_bundle_pods set last_seen = now() - interval '1 h' where name = 'p3'")
      #expect(try await fixture.store.podsElsewhere(than: "here") == [])
    }
  }
}
