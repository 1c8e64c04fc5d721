import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("What operators do", .serialized)
struct OperatorTests {
  @Test("A queued job is cancelled at once, its bundle reads as failed, and a retry may follow")
  func cancelQueued() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      _ = try await store.enqueue("a", by: "me")
      let answer = try await store.cancel("a", by: "ann", why: "wrong one")
      #expect(answer.outcome == .cancelled && answer.reason == nil)
      let row = try #require(try await fixture.status("a"))
      #expect(row.state == .failed && row.error == "cancelled by ann" && row.pod == nil)
      #expect(try await fixture.jobState(try #require(answer.job)) == "cancelled")
      #expect(try await store.claim(fixture.worker(), catalogue: ["a"], limit: 1) == [])
      #expect(try await store.retry("a", seen: SeenState(row), by: "ann").refusal == nil)
      #expect(try await store.claim(fixture.worker(), catalogue: ["a"], limit: 1).count == 1)
      let recorded = try await store.operations(of: "a")
      #expect(recorded.map(\.what) == ["retry", "cancel"])
      #expect(recorded[1].who == "ann" && recorded[1].why == "wrong one" && recorded[1].result == "cancelled")
      #expect(recorded[1].detail["job"] == answer.job?.text)
    }
  }

  @Test("A running job is cancelled: its attempt ends, its owner's writes change nothing")
  func cancelRunning() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let claim = try await fixture.claim("a", by: fixture.worker())
      let before = publication("a", fingerprint: "f0")
      #expect(try await store.held([claim]) == [claim])
      #expect(try await store.cancel("a", seen: claim.job, by: "ann").outcome == .cancelled)
      #expect(try await store.held([claim]) == [])
      #expect(try await store.attempts(of: "a").map(\.outcome) == [.cancelled])
      let dump = try await TableDump.read(fixture.raw)
      #expect(try await store.report(Progress(stage: .packaging), for: claim) == false)
      #expect(try await store.complete(claim, before) == .lost)
      #expect(try await store.fail(claim, errorClass: .storage, error: "e") == .lost)
      #expect(try await store.giveBack(claim) == .lost)
      #expect(try await store.renew([claim]) == [])
      #expect(try await TableDump.read(fixture.raw) == dump)
    }
  }

  @Test("An earlier artifact stays when a later run is cancelled")
  func artifactStays() async throws {
    try await StoreFixture.with { fixture in
      let first = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.complete(first, publication("a"))
      _ = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.cancel("a", by: "ann")
      #expect(try await fixture.store.latestArtifact(of: "a")?.storageKey == publication("a").storageKey)
    }
  }

  @Test("What is not there to be cancelled is refused with the reason")
  func cancelRefused() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      func cancel(_ slug: Slug, seen: JobID? = nil) async throws -> String {
        let answer = try await store.cancel(slug, seen: seen, by: "ann")
        return "\(answer.outcome): \(answer.reason ?? "")"
      }
      #expect(try await cancel("none") == "refused: no bundle of this name is known")
      let done = try await fixture.claim("a", by: fixture.worker())
      _ = try await store.complete(done, publication("a"))
      #expect(try await cancel("a") == "completed: it was already completed")
      _ = try await store.enqueue("a", by: "me")
      #expect(
        try await cancel("a", seen: done.job)
          == "completed: that run was already completed; the one behind it is queued")
      let broken = try await fixture.claim("b", by: fixture.worker())
      _ = try await store.fail(broken, errorClass: .bundle, error: "e")
      #expect(try await cancel("b") == "refused: it has already failed")
      #expect(try await cancel("a", seen: broken.job) == "refused: it changed meanwhile: another job is queued")
      _ = try await store.cancel("a", by: "ann")
      #expect(try await cancel("a") == "refused: it is already cancelled")
      try await fixture.sql(
        """
        insert into example_bundle_status (slug, fingerprint, stage, state, job_id)
        values ('foreign', 'f', 'packaging', 'running', 'apphub')
        """)
      #expect(try await cancel("foreign") == "refused: another program works on it: the job is none of ours")
    }
  }

  @Test("The run that waits behind a cancelled one starts, as whoever asked for it asked")
  func cancelWithNext() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let first = try await fixture.claim("a", by: fixture.worker())
      _ = try await store.enqueue("a", options: JobOptions(minify: true), by: "bob", priority: -3)
      let answer = try await store.cancel("a", seen: first.job, by: "ann")
      #expect(answer.outcome == .cancelled)
      #expect(answer.reason == "the run that was asked for behind it is queued now")
      let next = "select requested_by, priority, max_attempts from example_bundle_jobs where state = 'queued'"
      #expect(try await fixture.lines(next) == ["bob|-3|3"])
      #expect(try await fixture.claimQueued("a", by: fixture.worker()).options.minify)
    }
  }

  @Test("A cancel and a completion at the same moment: one of them wins, and both are told")
  func cancelAgainstComplete() async throws {
    try await StoreFixture.with(connections: 4) { fixture in
      var wins: Set<String> = []
      for round in 0..<40 {
        let slug = Slug("r\(round)")!
        let claim = try await fixture.claim(slug, by: fixture.worker())
        async let ended = fixture.store.complete(claim, publication(slug))
        async let answer = fixture.store.cancel(slug, seen: claim.job, by: "ann")
        let (end, cancelled) = try await (ended, answer)
        #expect((end == .lost) == (cancelled.outcome == .cancelled))
        #expect((end == .ended(.completed)) == (cancelled.outcome == .completed))
        wins.insert(cancelled.outcome.rawValue)
      }
      #expect(try await fixture.lines(JobInvariants.sql) == [])
      #expect(!wins.isEmpty)
    }
  }

  @Test("A second call with the same key does nothing")
  func keys() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let claim = try await fixture.claim("a", by: fixture.worker())
      #expect(try await store.cancel("a", by: "ann", key: "k1").outcome == .cancelled)
      let row = try #require(try await fixture.status("a"))
      #expect(try await store.retry("a", seen: SeenState(row), by: "ann", key: "k2").job == claim.job)
      let dump = try await TableDump.read(fixture.raw)
      #expect(try await store.cancel("a", by: "ann", key: "k1").outcome == .repeated)
      #expect(try await store.retry("a", seen: SeenState(row), by: "ann", key: "k2").job == claim.job)
      #expect(try await TableDump.read(fixture.raw) == dump)
      await #expect(throws: StoreError.self) { try await store.cancel("a", by: "ann", key: "k2") }
    }
  }

  @Test("A dry run of a retry answers as the retry would, and leaves no trace")
  func dryRun() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.fail(claim, errorClass: .bundle, error: "e")
      _ = try await fixture.store.enqueue("b", by: "me")
      let dump = try await TableDump.read(fixture.raw)
      let yes = try await fixture.store.retry("a", seen: nil, by: "ann", dryRun: true)
      #expect(yes.refusal == nil && yes.attempt == 2)
      let no = try await fixture.store.retry("b", seen: nil, by: "ann", dryRun: true)
      #expect(no.refusal == "it is already queued")
      #expect(try await TableDump.read(fixture.raw) == dump)
    }
  }

  @Test("A pause of one pod leaves the others at work; who paused is known until it is resumed")
  func pause() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let (a, b) = (fixture.worker("pod-a"), fixture.worker("pod-b"))
      for worker in [a, b] {
        try await store.register(
          PodRegistration(worker: worker, version: "1", store: "s", concurrency: 1, catalogue: [("x", "1")]))
      }
      #expect(try await store.setPaused(true, pod: "pod-z", by: "ann").reason == "no pod of this name is known")
      #expect(try await store.setPaused(true, pod: "pod-a", by: "ann", why: "deploy").outcome == .paused)
      let again = try await store.setPaused(true, pod: "pod-a", by: "bob")
      #expect(again.outcome == .unchanged && again.reason == "already paused by ann")
      let paused = try #require(try await store.pauses().first)
      #expect(paused.pod == "pod-a" && paused.by == "ann" && paused.why == "deploy")
      _ = try await store.enqueue("x", by: "me")
      #expect(try await store.claim(a, catalogue: ["x"], limit: 1) == [])
      #expect(try await store.claim(b, catalogue: ["x"], limit: 1).count == 1)
      #expect(try await store.setPaused(true, by: "bob").outcome == .paused)
      let partly = try await store.setPaused(false, by: "ann")
      #expect(partly.outcome == .resumed && partly.reason == "still paused: pod pod-a (by ann)")
      #expect(try await store.setPaused(false, pod: "pod-a", by: "ann").outcome == .resumed)
      let none = try await store.setPaused(false, pod: "pod-a", by: "ann")
      #expect(none.outcome == .unchanged && none.reason == "it was not paused")
      #expect(try await store.pauses() == [])
      #expect(try await store.operations().map(\.what).filter { $0 == "pause" }.count == 4)
    }
  }

  @Test("A smaller priority goes first; a job that is asked for later waits until then")
  func order() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      _ = try await store.enqueue("late", by: "me", priority: -9, after: .seconds(3600))
      _ = try await store.enqueue("normal", by: "me")
      _ = try await store.enqueue("urgent", by: "me", priority: -1)
      let names: [Slug] = ["late", "normal", "urgent"]
      var order: [Slug] = []
      while let claim = try await store.claim(fixture.worker(), catalogue: names, limit: 1).first {
        order.append(claim.slug)
      }
      #expect(order == ["urgent", "normal"])
      _ = try await store.enqueue("late", by: "me")
      #expect(try await store.claim(fixture.worker(), catalogue: names, limit: 1).map(\.slug) == ["late"])
    }
  }

  @Test("A wish behind a job that has to wait again joins it; one of other sources goes on waiting")
  func absorbed() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let first = try await fixture.claim("a", by: fixture.worker())
      _ = try await store.enqueue("a", options: JobOptions(force: true), by: "me")
      #expect(try await store.fail(first, errorClass: .storage, error: "e", random: 0) == .ended(.queued))
      try await fixture.makeDue("a")
      let second = try await fixture.claimQueued("a", by: fixture.worker())
      #expect(second.options.force && second.attempt == 2)
      _ = try await store.complete(second, publication("a"))
      #expect(try await store.claim(fixture.worker(), catalogue: ["a"], limit: 1) == [])

      let third = try await fixture.claim("b", by: fixture.worker())
      let described = JobOptions(descriptor: Descriptor(module: "m", path: "x"))
      #expect(try await store.enqueue("b", options: described, by: "me").outcome == .waiting)
      #expect(try await store.giveBack(third) == .ended(.queued))
      let fourth = try await fixture.claimQueued("b", by: fixture.worker())
      #expect(fourth.options.descriptor == nil)
      _ = try await store.complete(fourth, publication("b"))
      #expect(try await fixture.claimQueued("b", by: fixture.worker()).options == described)
    }
  }

  @Test("Nothing is published when the last look fails, and nobody else publishes meanwhile")
  func confirm() async throws {
    struct Gone: Error {}
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      let dump = try await TableDump.read(fixture.raw)
      await #expect(throws: Gone.self) {
        try await fixture.store.complete(claim, publication("a")) { throw Gone() }
      }
      #expect(try await TableDump.read(fixture.raw) == dump)
      let end = try await fixture.store.complete(claim, publication("a")) {
        let free = "select pg_try_advisory_xact_lock(hashtextextended('bundletop object ' || $1, 0))"
        let isFree = try await fixture.value(free, [.text(publication("a").storageKey)], as: Bool.self)
        #expect(isFree == false)
      }
      #expect(end == .ended(.completed))
    }
  }
}
