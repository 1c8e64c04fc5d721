import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Pods", .serialized)
struct PodTests {
  private func registration(
    _ worker: Worker, store: String = "s3://one", catalogue: [(slug: Slug, version: String?)] = [("a", "1")],
    notes: [String] = []
  ) -> PodRegistration {
    PodRegistration(
      worker: worker, url: "http://\(worker.pod):1", version: "0.1", store: store, concurrency: 2,
      catalogue: catalogue, notes: notes)
  }

  /// Lets a pod have been silent for this long.
  private func silence(_ worker: Worker, seconds: Int, _ fixture: StoreFixture) async throws {
    try await fixture.sql(
      "update example_bundle_pods set last_seen = clock_timestamp() - make_interval(secs => $2::float8) where owner = $1::uuid",
      [.text(worker.owner.text), .integer(seconds)])
  }

  @Test("A pod says hello, beats and leaves")
  func life() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let worker = fixture.worker("pod-a")
      let notes = ["a \"quoted\", {note}", "", "NULL"]
      try await store.register(registration(worker, notes: notes))
      let pod = try #require(try await store.pods().first)
      #expect(
        pod.owner == worker.owner && pod.name == "pod-a" && pod.url == "http://pod-a:1" && pod.version == "0.1")
      #expect(pod.persistence == "database" && pod.store == "s3://one" && pod.concurrency == 2)
      #expect(pod.running == 0 && pod.catalogue == 1 && pod.notes == notes && !pod.isGone && !pod.isStopped)
      #expect(try await store.beat(worker, running: 1))
      let beaten = try #require(try await store.pods().first)
      #expect(beaten.running == 1 && beaten.lastSeen > pod.lastSeen)
      try await store.leave(worker)
      let left = try #require(try await store.pods().first)
      #expect(left.isStopped && !left.isGone && left.running == 0)
      #expect(try await store.offered() == [])
    }
  }

  @Test("A pod tells where it is and what it serves; what is not a snapshot is refused")
  func served() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let worker = fixture.worker("pod-a")
      var hello = registration(worker)
      (hello.metricsURL, hello.publicURL) = ("http://pod-a:2", "https://bundles.example")
      try await store.register(hello)
      let pod = try #require(try await store.pods().first)
      #expect(pod.metricsURL == "http://pod-a:2" && pod.publicURL == "https://bundles.example")
      #expect(pod.digest == nil)
      let snapshot = try await store.servedStatuses().snapshot
      let checksum = try #require(Checksum(hex: String(repeating: "ab", count: 32)))
      try await store.publishDigest(checksum, snapshot: snapshot, of: worker)
      let crew = try await store.crew()
      let digest = try #require(crew.pods.first?.digest)
      #expect(digest.checksum == checksum && digest.snapshot == snapshot && digest.at <= crew.clock)
      await #expect(throws: StoreError.self) {
        try await store.publishDigest(checksum, snapshot: "nonsense", of: worker)
      }
      #expect(try await store.pods().first?.digest == digest)
    }
  }

  @Test("A snapshot tells whether anything changed after it, and since when")
  func unseen() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      _ = try await store.enqueue("a", by: "ann")
      let snapshot = try await store.servedStatuses().snapshot
      #expect(try await store.oldestChange(unseenIn: snapshot) == nil)
      _ = try await store.enqueue("b", by: "ann")
      let age = try #require(try await store.oldestChange(unseenIn: snapshot))
      #expect(age >= .zero && age < .seconds(60))
      #expect(try await store.oldestChange(unseenIn: try await store.servedStatuses().snapshot) == nil)
    }
  }

  @Test("A silent pod is gone, and what it offers with it; a beat brings it back")
  func gone() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let worker = fixture.worker("pod-a")
      try await store.register(registration(worker))
      try await silence(worker, seconds: 9, fixture)
      #expect(try await store.pods().map(\.isGone) == [false])
      #expect(try await store.offered() == ["a"])
      try await silence(worker, seconds: 11, fixture)
      #expect(try await store.pods().map(\.isGone) == [true])
      #expect(try await store.offered() == [])
      #expect(try await store.beat(worker, running: 0))
      #expect(try await store.pods().map(\.isGone) == [false])
    }
  }

  @Test("Of a name only the live processes are shown; where none lives, the last")
  func superseded() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let first = fixture.worker("pod-a")
      let second = fixture.worker("pod-a")
      let third = fixture.worker("pod-a")
      let other = fixture.worker("pod-b")
      for worker in [first, second, third, other] { try await store.register(registration(worker)) }
      try await silence(first, seconds: 50, fixture)
      try await store.leave(second)
      #expect(try await store.pods().map(\.owner) == [third.owner, other.owner])
      try await silence(third, seconds: 40, fixture)
      let names = try await store.pods()
      #expect(names.map(\.name) == ["pod-a", "pod-b"])
      #expect(names.first?.owner == second.owner)
      #expect(try await store.beat(first, running: 0))
      #expect(try await store.beat(third, running: 0))
      #expect(try await store.pods().map(\.owner) == [first.owner, third.owner, other.owner])
    }
  }

  @Test("What a pod offers is replaced as a whole; no version is no version")
  func catalogue() async throws {
    try await StoreFixture.with { fixture in
      let worker = fixture.worker()
      try await fixture.store.register(registration(worker, catalogue: [("a", "1"), ("b", nil), ("c", "3")]))
      let offers = "select slug, coalesce(version, '-') from example_bundle_catalog order by slug"
      #expect(try await fixture.lines(offers) == ["a|1", "b|-", "c|3"])
      try await fixture.store.register(registration(worker, catalogue: [("b", "2"), ("d", "1")]))
      #expect(try await fixture.lines(offers) == ["b|2", "d|1"])
      #expect(try await fixture.store.pods().map(\.catalogue) == [2])
      try await fixture.store.register(registration(worker, catalogue: []))
      #expect(try await fixture.lines(offers) == [])
    }
  }

  @Test("A pod that writes somewhere else than those that were here first learns of it")
  func foreignStores() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let (first, second, third) = (fixture.worker("p1"), fixture.worker("p2"), fixture.worker("p3"))
      try await store.register(registration(first, store: "s3://one"))
      try await store.register(registration(second, store: "s3://two"))
      try await store.register(registration(third, store: "s3://one"))
      #expect(try await store.foreignStores(seenBy: first) == [])
      #expect(try await store.foreignStores(seenBy: second) == ["s3://one"])
      #expect(try await store.foreignStores(seenBy: third) == ["s3://two"])
      #expect(try await store.foreignStores(seenBy: fixture.worker()) == [])
      try await store.leave(first)
      try await silence(second, seconds: 60, fixture)
      #expect(try await store.foreignStores(seenBy: second) == [])
      #expect(try await store.foreignStores(seenBy: third) == [])
    }
  }

  @Test("Pods that were not seen for long are forgotten and asked to register again")
  func prune() async throws {
    try await StoreFixture.with { fixture in
      let old = fixture.worker("old")
      let new = fixture.worker("new")
      try await fixture.store.register(registration(old))
      try await fixture.store.register(registration(new))
      try await silence(old, seconds: 3600, fixture)
      try await fixture.store.prunePods(after: .seconds(1800))
      #expect(try await fixture.store.pods().map(\.name) == ["new"])
      #expect(try await fixture.value("select count(*) from example_bundle_catalog", as: Int.self) == 1)
      #expect(try await !fixture.store.beat(old, running: 0))
      try await fixture.store.register(registration(old))
      #expect(try await fixture.store.beat(old, running: 0))
    }
  }

  @Test("Pods, offers, pauses and the clock come in one round trip")
  func crew() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.store.register(registration(fixture.worker("pod-a")))
      _ = try await fixture.store.setPaused(true, pod: "pod-a", by: "ann")
      let crew = try await fixture.store.crew()
      #expect(crew.pods.map(\.name) == ["pod-a"])
      #expect(crew.offered == ["a"])
      #expect(crew.pauses.map(\.by) == ["ann"])
      #expect(crew.clock >= crew.pods[0].lastSeen)
    }
  }
}
