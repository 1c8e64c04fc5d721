import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Enqueue", .serialized)
struct EnqueueTests {
  private let descriptor = Descriptor(module: "m", path: "here")

  private func options(_ fixture: StoreFixture, _ job: JobID) async throws -> JobOptions {
    let text = try await fixture.value(
      "select options::text from example_bundle_jobs where id = $1::uuid", [.text(job.text)], as: String.self)
    return try JobOptionsCode.decode(try #require(text))
  }

  @Test("A first wish makes a job, and the row shows it at once")
  func created() async throws {
    try await StoreFixture.with { fixture in
      let answer = try await fixture.store.enqueue("a", by: "me")
      #expect(answer.outcome == .created)
      let row = try #require(try await fixture.status("a"))
      #expect(row.stage == .queued && row.state == .queued)
      #expect(row.fingerprint == .pending)
      #expect(row.attempt == 1)
      #expect(row.jobID == answer.job?.text)
      #expect(row.message == "asked for by me")
    }
  }

  @Test("Wishes for a queued bundle are one job; what was asked for adds up")
  func merged() async throws {
    try await StoreFixture.with { fixture in
      let first = try await fixture.store.enqueue("a", options: JobOptions(minify: true), by: "me")
      let second = try await fixture.store.enqueue("a", options: JobOptions(force: true), by: "you")
      let third = try await fixture.store.enqueue("a", by: "they")
      #expect(second.outcome == .merged && third.outcome == .merged)
      #expect(second.job == first.job && third.job == first.job)
      let merged = try await options(fixture, try #require(first.job))
      #expect(merged == JobOptions(force: true, minify: true))
    }
  }

  @Test("Another descriptor is refused while one waits, the same one merges")
  func descriptors() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      _ = try await store.enqueue("a", options: JobOptions(descriptor: descriptor), by: "me")
      let same = try await store.enqueue("a", options: JobOptions(force: true, descriptor: descriptor), by: "me")
      #expect(same.outcome == .merged)
      let before = try await TableDump.read(fixture.raw)
      let other = try await store.enqueue(
        "a", options: JobOptions(descriptor: Descriptor(module: "m", path: "there")), by: "me")
      #expect(other.outcome == .refused)
      #expect(other.reason == "a job of other sources is queued")
      #expect(try await TableDump.read(fixture.raw) == before)

      _ = try await store.enqueue("b", by: "me")
      let late = try await store.enqueue("b", options: JobOptions(descriptor: descriptor), by: "me")
      #expect(late.outcome == .refused)
    }
  }

  @Test("A repeated key does nothing, whatever became of the first call", arguments: [0, 1, 2, 3])
  func repeated(case number: Int) async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let worker = fixture.worker()
      var claim: Claim?
      if number == 1 { _ = try await store.enqueue("a", by: "you") }  // the call merges
      if number >= 2 { claim = try await fixture.claim("a", by: worker) }  // the call waits
      let first = try await store.enqueue("a", options: JobOptions(minify: true), by: "me", key: "k")
      #expect(first.outcome == [.created, .merged, .waiting, .waiting][number])
      if number == 3, let claim {
        _ = try await store.complete(claim, publication("a"))
        let next = try await fixture.claimQueued("a", by: worker)
        _ = try await store.complete(next, publication("a"))
      }
      let jobs = try await fixture.lines(
        "select id, state, options, next_options from example_bundle_jobs order by 1")
      let second = try await store.enqueue("a", options: JobOptions(force: true), by: "me", key: "k")
      #expect(second.outcome == .repeated)
      #expect(second.job == first.job)
      let after = try await fixture.lines(
        "select id, state, options, next_options from example_bundle_jobs order by 1")
      #expect(after == jobs)
    }
  }

  @Test("Sixteen with one key are one wish")
  func oneKey() async throws {
    try await StoreFixture.with(connections: 8) { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      let outcomes = try await withThrowingTaskGroup(of: EnqueueAnswer.Outcome.self) { group in
        for _ in 0..<16 {
          group.addTask { try await fixture.store.enqueue("a", by: "me", key: "k").outcome }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.filter { $0 == .waiting }.count == 1)
      #expect(outcomes.filter { $0 == .repeated }.count == 15)
      _ = try await fixture.store.complete(claim, publication("a"))
    }
  }

  @Test(
    "A wish for a running bundle waits, and the transaction that ends the job starts the next",
    arguments: Ending.allCases)
  func nextJob(ending: Ending) async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      let claim = try await fixture.claim("a", by: fixture.worker())
      let first = try await store.enqueue("a", options: JobOptions(force: true), by: "me")
      let second = try await store.enqueue("a", options: JobOptions(minify: true), by: "me")
      #expect(first.outcome == .waiting && second.outcome == .waiting)
      #expect(first.job == claim.job && second.job == claim.job)
      let refused = try await store.enqueue("a", options: JobOptions(descriptor: descriptor), by: "me")
      #expect(refused.reason == "a job of other sources is waiting behind the one that is running")
      #expect(try await fixture.status("a")?.state == .running)

      let start = try await fixture.value("select pg_current_xact_id()::text", as: String.self)
      try await ending.end(claim, fixture)
      let row = try #require(try await fixture.status("a"))
      let next = try #require(row.jobID.map(JobID.init))
      #expect(next != claim.job)
      #expect(row.state == .queued)
      #expect(row.attempt == 1)
      #expect(try await fixture.jobState(claim.job) == ending.state)
      #expect(try await fixture.jobState(next) == "queued")
      #expect(try await options(fixture, next) == JobOptions(force: true, minify: true))
      let left = "select count(*) from example_bundle_jobs where next_options is not null"
      #expect(try await fixture.value(left, as: Int.self) == 0)
      let same = "select count(distinct xmin::text) from example_bundle_jobs where xmin::text::bigint >= $1::bigint"
      #expect(try await fixture.value(same, [Parameter(start)], as: Int.self) == 1)
    }
  }

  /// How a running job can end for good.
  enum Ending: CaseIterable, Sendable {
    case complete, failBundle, failLastAttempt, poison

    var state: String { self == .complete ? "completed" : "failed" }

    func end(_ claim: Claim, _ fixture: StoreFixture) async throws {
      let job = Parameter.text(claim.job.text)
      switch self {
      case .complete: _ = try await fixture.store.complete(claim, publication(claim.slug))
      case .failBundle: _ = try await fixture.store.fail(claim, errorClass: .bundle, error: "broken")
      case .failLastAttempt:
        try await fixture.sql("update example_bundle_jobs set max_attempts = 1 where id = $1::uuid", [job])
        _ = try await fixture.store.fail(claim, errorClass: .storage, error: "no answer")
      case .poison:
        try await fixture.sql(
          "update example_bundle_jobs set attempt = 5, lease_until = now() - interval '1s' where id = $1::uuid",
          [job])
        try await fixture.sql("update example_bundle_attempts set attempt = 5 where job_id = $1::uuid", [job])
        #expect(try await fixture.store.failPoisonJobs() == 1)
      }
    }
  }

  @Test("Sixteen at once for one bundle: never two active jobs")
  func concurrent() async throws {
    try await StoreFixture.with(connections: 16) { fixture in
      let slugs: [Slug] = ["a", "b", "c"]
      let outcomes = try await withThrowingTaskGroup(of: EnqueueAnswer.Outcome.self) { group in
        for index in 0..<48 {
          group.addTask { try await fixture.store.enqueue(slugs[index % 3], by: "w\(index)").outcome }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.filter { $0 == .created }.count == 3)
      #expect(outcomes.filter { $0 == .merged }.count == 45)
      #expect(try await fixture.value("select count(*) from example_bundle_jobs", as: Int.self) == 3)
    }
  }

  @Test("A new wish keeps the fingerprint last resolved and takes what belongs to completed rows away")
  func keepsFingerprint() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.complete(claim, publication("a", fingerprint: "f9"))
      _ = try await fixture.store.enqueue("a", by: "me")
      let row = try #require(try await fixture.status("a"))
      #expect(row.fingerprint.text == "f9")
      #expect(row.version == nil && row.checksum == nil && row.filename == nil && row.artifact == nil)
      #expect(row.completedAt == nil && row.cached == nil && row.pod == nil && row.bytesDone == nil)
      #expect(try await fixture.store.latestArtifact(of: "a")?.fingerprint.text == "f9")
    }
  }
}
