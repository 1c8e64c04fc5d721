import BundleModel
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import BundleStore

@Suite("Claim", .serialized)
struct ClaimTests {
  @Test("A pod takes only what it offers, and no more than it asked for")
  func catalogue() async throws {
    try await StoreFixture.with { fixture in
      let worker = fixture.worker("pod-a")
      for slug in ["a", "b", "c", "d"] as [Slug] { _ = try await fixture.store.enqueue(slug, by: "me") }
      #expect(try await fixture.store.claim(worker, catalogue: ["x"], limit: 9) == [])
      #expect(try await fixture.store.claim(worker, catalogue: [], limit: 9) == [])
      #expect(try await fixture.store.claim(worker, catalogue: ["a"], limit: 0) == [])
      let first = try await fixture.store.claim(worker, catalogue: ["a", "b", "c"], limit: 2)
      #expect(first.map(\.slug) == ["a", "b"])
      #expect(first.allSatisfy { $0.attempt == 1 && $0.owner == worker.owner && $0.maxAttempts == 3 })
      let rest = try await fixture.store.claim(worker, catalogue: ["a", "b", "c"], limit: 9)
      #expect(rest.map(\.slug) == ["c"])
      let row = try #require(try await fixture.status("a"))
      #expect(row.stage == .resolving && row.state == .running && row.pod == "pod-a" && row.attempt == 1)
      let attempt = try #require(try await fixture.store.attempts(of: "a").first)
      #expect(attempt.outcome == nil && attempt.pod == "pod-a" && attempt.stages.map(\.stage) == [.resolving])
    }
  }

  @Test("Options travel with the claim")
  func options() async throws {
    try await StoreFixture.with { fixture in
      let wanted = JobOptions(
        force: true, skipBuild: true, minify: true,
        descriptor: Descriptor(
          module: "m/\u{e9}\"'", repo: "https://r", ref: "main", commit: "c", configPath: "x/y"))
      let claim = try await fixture.claim("a", by: fixture.worker(), options: wanted)
      #expect(claim.options == wanted)
    }
  }

  @Test("Many claimers: each job once")
  func skipLocked() async throws {
    try await StoreFixture.with(connections: 12) { fixture in
      let slugs = (0..<60).map { Slug("s\($0)")! }
      for slug in slugs { _ = try await fixture.store.enqueue(slug, by: "me") }
      let claims = try await withThrowingTaskGroup(of: [Claim].self) { group in
        for index in 0..<12 {
          group.addTask {
            let worker = fixture.worker("pod-\(index)")
            var mine: [Claim] = []
            while true {
              let more = try await fixture.store.claim(worker, catalogue: slugs, limit: 3)
              if more.isEmpty { return mine }
              mine += more
            }
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      // An empty answer may mean that others held what was left; nobody may hold it twice.
      #expect(Set(claims.map(\.job)).count == claims.count)
      let rest = try await fixture.store.claim(fixture.worker(), catalogue: slugs, limit: 100)
      #expect(Set((claims + rest).map(\.slug)) == Set(slugs))
      #expect(claims.count + rest.count == 60)
    }
  }

  @Test("A claim passes a job that another transaction holds")
  func doesNotWait() async throws {
    try await StoreFixture.with { fixture in
      for slug in ["a", "b"] as [Slug] { _ = try await fixture.store.enqueue(slug, by: "me") }
      try await fixture.raw.transaction { raw in
        _ = try await raw.query("select from example_bundle_jobs where slug = 'a' for no key update")
        let claims = try await fixture.store.claim(fixture.worker(), catalogue: ["a", "b"], limit: 2)
        #expect(claims.map(\.slug) == ["b"])
      }
    }
  }

  @Test("Neither too early nor too often")
  func dueAndAttempts() async throws {
    try await StoreFixture.with { fixture in
      _ = try await fixture.store.enqueue("later", by: "me")
      _ = try await fixture.store.enqueue("used", by: "me")
      try await fixture.sql(
        "update example_bundle_jobs set run_at = now() + interval '1 hour' where slug = 'later'")
      try await fixture.sql("update example_bundle_jobs set attempt = 3 where slug = 'used'")
      #expect(try await fixture.store.claim(fixture.worker(), catalogue: ["later", "used"], limit: 9) == [])
      try await fixture.makeDue("later")
      try await fixture.sql("update example_bundle_jobs set max_attempts = 4 where slug = 'used'")
      let claims = try await fixture.store.claim(fixture.worker(), catalogue: ["later", "used"], limit: 9)
      #expect(claims.map(\.attempt).sorted() == [1, 4])
    }
  }

  @Test("Higher priority first, then the order of asking")
  func order() async throws {
    try await StoreFixture.with { fixture in
      for slug in ["a", "b", "c"] as [Slug] { _ = try await fixture.store.enqueue(slug, by: "me") }
      try await fixture.sql("update example_bundle_jobs set priority = -1 where slug = 'c'")
      var order: [Slug] = []
      while let claim = try await fixture.store.claim(fixture.worker(), catalogue: ["a", "b", "c"], limit: 1).first
      {
        order.append(claim.slug)
      }
      #expect(order == ["c", "a", "b"])
    }
  }

  @Test("While claiming is paused nothing is claimed, neither new nor expired")
  func paused() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      try await fixture.expire(claim.job)
      _ = try await fixture.store.enqueue("b", by: "me")
      #expect(try await fixture.store.setPaused(true, by: "ann").outcome == .paused)
      let before = try await TableDump.read(fixture.raw)
      #expect(try await fixture.store.claim(fixture.worker(), catalogue: ["a", "b"], limit: 9) == [])
      #expect(try await TableDump.read(fixture.raw) == before)
      #expect(try await fixture.store.setPaused(false, by: "ann").outcome == .resumed)
      #expect(try await fixture.store.claim(fixture.worker(), catalogue: ["a", "b"], limit: 9).count == 2)
    }
  }

  @Test(
    "A lease that ran out, or ends further ahead than any pod asks for, is taken over",
    arguments: ["now() - interval '1 microsecond'", "now() + interval '61 seconds'", "'infinity'"])
  func takeover(lease: String) async throws {
    try await StoreFixture.with { fixture in
      let old = fixture.worker("pod-a")
      let new = fixture.worker("pod-b")
      let claim = try await fixture.claim("a", by: old)
      #expect(try await fixture.store.claim(new, catalogue: ["a"], limit: 1) == [])
      try await fixture.sql("update example_bundle_jobs set lease_until = \(lease)")
      let taken = try #require(try await fixture.store.claim(new, catalogue: ["a"], limit: 1).first)
      #expect(taken.job == claim.job && taken.attempt == 2 && taken.owner == new.owner)
      #expect(taken.maxAttempts == 4)  // a lost attempt does not count
      let attempts = try await fixture.store.attempts(of: "a")
      #expect(attempts.map(\.number) == [2, 1])
      #expect(attempts.map(\.outcome) == [nil, .lost])
      #expect(attempts[1].errorClass == .lost && attempts[1].endedAt != nil)
      #expect(attempts[1].error == "pod pod-a vanished; taken over by pod-b")
      let row = try #require(try await fixture.status("a"))
      #expect(row.pod == "pod-b" && row.attempt == 2 && row.state == .running && row.stage == .resolving)
    }
  }

  @Test("A lease of twice the length is still good")
  func longLease() async throws {
    try await StoreFixture.with { fixture in
      _ = try await fixture.claim("a", by: fixture.worker())
      try await fixture.sql("update example_bundle_jobs set lease_until = now() + interval '58 seconds'")
      #expect(try await fixture.store.claim(fixture.worker(), catalogue: ["a"], limit: 1) == [])
    }
  }

  @Test("A bundle that loses every pod is ended at the cap, and not before")
  func poison() async throws {
    try await StoreFixture.with { fixture in
      var claim = try await fixture.claim("a", by: fixture.worker())
      for attempt in 2...5 {
        try await fixture.expire(claim.job)
        #expect(try await fixture.store.failPoisonJobs() == 0)
        claim = try await fixture.claimQueued("a", by: fixture.worker())
        #expect(claim.attempt == attempt)
      }
      #expect(try await fixture.store.failPoisonJobs() == 0)  // its lease is good
      try await fixture.expire(claim.job)
      #expect(try await fixture.store.claim(fixture.worker(), catalogue: ["a"], limit: 1) == [])
      #expect(try await fixture.store.failPoisonJobs() == 1)
      #expect(try await fixture.store.failPoisonJobs() == 0)
      let row = try #require(try await fixture.status("a"))
      #expect(row.state == .failed)
      #expect(row.error == "lost with its pod in attempt 5; no further attempt is made by itself")
      #expect(try await fixture.store.attempts(of: "a").map(\.outcome) == [.lost, .lost, .lost, .lost, .lost])
      #expect(try await fixture.jobState(claim.job) == "failed")

      // A person may try once more.
      let answer = try await fixture.store.retry("a", seen: SeenState(row), by: "me")
      #expect(answer.attempt == 6)
      #expect(try await fixture.claimQueued("a", by: fixture.worker()).attempt == 6)
    }
  }

  @Test("A renewal extends what is held and leaves out what was lost")
  func renew() async throws {
    try await StoreFixture.with { fixture in
      let worker = fixture.worker()
      let kept = try await fixture.claim("a", by: worker)
      let lost = try await fixture.claim("b", by: worker)
      try await fixture.expire(lost.job)
      _ = try await fixture.claimQueued("b", by: fixture.worker())
      try await fixture.expire(kept.job)  // late, but nobody has taken it
      #expect(try await fixture.store.renew([kept, lost]) == [kept])
      #expect(try await fixture.store.renew([]) == [])
      let ahead = "select lease_until > now() + interval '20 seconds' from example_bundle_jobs where slug = 'a'"
      #expect(try await fixture.value(ahead) == true)
    }
  }
}
