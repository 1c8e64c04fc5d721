import BundleModel
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import BundleStore

@Suite("Bundles that are kept in files", .serialized)
struct FilesTests {
  private struct DiskFull: Error {}

  @Test("a completion ends the job and takes its mirror away, when the file is written and not before")
  func completion() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      try await fixture.expire(claim.job)
      let created = try #require(try await fixture.status("a")).createdAt
      let told = Mutex<(Timestamp, Timestamp)?>(nil)
      let end = try await fixture.store.completeInFiles(
        claim, fingerprint: Fingerprint("f")!, cached: true, tail: "tail"
      ) { knownSince, ended in
        // Nobody sees anything of it yet, and nobody can take the job over, had its lease ended or not.
        let shown = try await fixture.status("a")
        let others = try await fixture.store.claim(fixture.worker("b"), catalogue: ["a"], limit: 1)
        #expect(shown?.state == .running)
        #expect(others == [])
        told.withLock { $0 = (knownSince, ended) }
      }
      #expect(end == .ended(.completed))
      let (knownSince, ended) = try #require(told.withLock { $0 })
      #expect(knownSince == created && ended >= created)
      #expect(try await fixture.status("a") == nil)
      #expect(try await fixture.lines("select id from example_bundle_artifacts") == [])
      #expect(try await fixture.jobState(claim.job) == "completed")
      #expect(
        try await fixture.lines("select outcome, fingerprint, cached::text, tail from example_bundle_attempts")
          == ["completed|f|true|tail"])
      #expect(
        try await fixture.lines("select op from example_bundle_events where op = 'delete' and not is_foreign")
          == ["delete"])
    }
  }

  @Test("a file that cannot be written leaves the job as it was; a second try ends it")
  func failedFile() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      let before = try await TableDump.read(fixture.raw)
      await #expect(throws: DiskFull.self) {
        try await fixture.store.completeInFiles(
          claim, fingerprint: Fingerprint("f")!, cached: false, tail: nil
        ) { _, _ in throw DiskFull() }
      }
      #expect(try await TableDump.read(fixture.raw) == before)
      let end = try await fixture.store.completeInFiles(
        claim, fingerprint: Fingerprint("f")!, cached: false, tail: nil
      ) { _, _ in }
      #expect(end == .ended(.completed))
    }
  }

  @Test("what was asked for meanwhile is queued in the place of what ended")
  func next() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      let asked = try await fixture.store.enqueue("a", options: JobOptions(force: true), by: "ann")
      #expect(asked.outcome == .waiting)
      _ = try await fixture.store.completeInFiles(
        claim, fingerprint: Fingerprint("f")!, cached: false, tail: nil
      ) { _, _ in }
      let status = try #require(try await fixture.status("a"))
      #expect(status.state == .queued && status.attempt == 1 && status.jobID != claim.job.text)
      let second = try await fixture.claimQueued("a", by: fixture.worker())
      #expect(second.options.force && second.attempt == 1)
    }
  }

  @Test("a file gets the row as it is after the write; none is written for an attempt that lost its job")
  func mirror() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let claim = try await fixture.claim("a", by: fixture.worker("pod-a"))
      let seen = Mutex<[BundleStatus]>([])
      let note: @Sendable (BundleStatus) async -> Void = { status in seen.withLock { $0.append(status) } }
      #expect(try await store.report(Progress(stage: .packaging, message: "m"), for: claim, write: note))
      let failed = try await store.fail(
        claim, errorClass: .storage, error: "e", tail: nil, random: 0, write: note)
      #expect(failed == .ended(.queued))
      try await fixture.makeDue("a")
      let second = try await fixture.claimQueued("a", by: fixture.worker("pod-a"))
      #expect(try await store.giveBack(second, tail: nil, write: note) == .ended(.queued))
      let third = try await fixture.claimQueued("a", by: fixture.worker("pod-b"))
      #expect(
        try await store.fail(third, errorClass: .bundle, error: "broken", tail: nil, random: 0, write: note)
          == .ended(.failed))
      #expect(
        seen.withLock { $0.map { "\($0.stage.rawValue) \($0.attempt ?? 0)" } }
          == ["packaging 1", "queued 2", "queued 3", "failed 3"])
      for lost in [claim, second] {
        #expect(try await !store.report(Progress(stage: .packaging), for: lost, write: note))
        #expect(try await store.giveBack(lost, tail: nil, write: note) == .lost)
        #expect(
          try await store.fail(lost, errorClass: .bundle, error: "e", tail: nil, random: 0, write: note) == .lost)
      }
      #expect(seen.withLock { $0.count } == 4)
      try await store.holding("a", write: note)
      try await store.holding("nobody", write: note)
      #expect(seen.withLock { $0.count } == 5)
    }
  }

  @Test("who has to wait for whom: by mode, by store, by who came first")
  func agreement() async throws {
    /// Pods in the order of their start, and whom each waits for.
    let fleets: [(pods: [(PersistenceMode, String)], waits: [[String]])] = [
      ([(.filesystem, "one"), (.filesystem, "two")], [[], []]),
      ([(.filesystem, "one"), (.database, "s3"), (.dual, "s3")], [["s3"], [], []]),
      ([(.database, "s3"), (.filesystem, "one")], [[], ["s3"]]),
      ([(.dual, "s3"), (.database, "other"), (.database, "s3")], [[], ["s3"], ["other"]]),
    ]
    for fleet in fleets {
      try await StoreFixture.with { fixture in
        var workers: [Worker] = []
        for (number, (mode, store)) in fleet.pods.enumerated() {
          let worker = fixture.worker("pod-\(number)")
          workers.append(worker)
          try await fixture.store.register(
            PodRegistration(
              worker: worker, version: "1", mode: mode, store: store, concurrency: 1, catalogue: []))
        }
        for (worker, waits) in zip(workers, fleet.waits) {
          #expect(try await fixture.store.foreignStores(seenBy: worker).sorted() == waits, "\(fleet.pods)")
        }
        let pods = try await fixture.store.pods()
        #expect(pods.map(\.mode) == fleet.pods.map(\.0))
        let modes = Set(fleet.pods.map(\.0))
        #expect((pods.mixedModes != nil) == (modes.count > 1))
        #expect(try await fixture.store.vitals(deadline: .seconds(30)).modes == modes.map(\.rawValue).sorted())
        for worker in workers { try await fixture.store.leave(worker) }
        #expect(try await fixture.store.pods().mixedModes == nil)
        #expect(try await fixture.store.vitals(deadline: .seconds(30)).modes == [])
      }
    }
  }

  @Test("a pod tells of its directory when it says hello, and when it learns more")
  func directory() async throws {
    try await StoreFixture.with { fixture in
      let (store, worker) = (fixture.store, fixture.worker("pod-a"))
      func hello(_ directory: PodDirectory?) async throws {
        try await store.register(
          PodRegistration(
            worker: worker, version: "1", mode: .dual, store: "s", concurrency: 1, catalogue: [],
            directory: directory))
      }
      func known() async throws -> PodDirectory? { try await store.pods().first?.directory }
      #expect(try await !store.publishDirectory(source: "id", unmigrated: 1, of: worker))
      try await hello(nil)
      #expect(try await known() == nil)
      try await hello(PodDirectory(path: "/data"))
      #expect(try await known() == PodDirectory(path: "/data"))
      #expect(try await store.publishDirectory(source: "id", unmigrated: 3, of: worker))
      #expect(try await known() == PodDirectory(path: "/data", source: "id", unmigrated: 3))
      #expect(try await store.publishDirectory(source: nil, unmigrated: nil, of: worker))
      #expect(try await known() == PodDirectory(path: "/data", source: "id"))
      try await hello(PodDirectory(path: "/data", source: "id", unmigrated: 0))
      #expect(try await known() == PodDirectory(path: "/data", source: "id", unmigrated: 0))
    }
  }

  @Test("pods read from their directories until somebody says otherwise")
  func readSide() async throws {
    try await StoreFixture.with { fixture in
      #expect(try await fixture.store.readSide() == .directory)
      for (value, side) in [("database", ReadSide.database), ("directory", .directory), ("?", .directory)] {
        try await fixture.sql(
          """
          insert into bundletop_control (key, value) values ('reads.from', $1)
          on conflict (key) do update set value = excluded.value
          """, [.text(value)])
        #expect(try await fixture.store.readSide() == side)
      }
    }
  }
}
