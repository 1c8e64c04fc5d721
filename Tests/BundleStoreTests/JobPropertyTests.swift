import BundleModel
import Postgres
import Testing

@testable import BundleStore

/// Random lives of jobs: after every step the rules hold, and a follower of the feed knows the table.
@Suite("Any sequence of operations", .serialized)
struct JobPropertyTests {
  private static let slugs: [Slug] = ["a", "b", "c"]

  @Test("keeps the rules", arguments: [1, 2, 3] as [UInt64])
  func sequence(seed: UInt64) async throws {
    try await StoreFixture.with { fixture in
      var life = Life(fixture: fixture, random: SeededRandom(seed: seed))
      var attempts: [String: Int] = [:]
      var (rows, cursor) = try await fixture.store.snapshot()
      for step in 0..<120 {
        let action = try await life.step()
        let place = "seed \(seed), step \(step): \(action)"
        let broken = try await fixture.lines(JobInvariants.sql)
        try #require(broken == [], "\(place)")
        try await life.checkFingerprints(place)
        for row in try await fixture.sql("select id::text, attempt from example_bundle_jobs") {
          let job = try row.decode(at: 0, as: String.self)
          let attempt = try row.decode(at: 1, as: Int.self)
          #expect(attempt >= attempts[job] ?? 0, "attempts only grow, \(place)")
          attempts[job] = attempt
        }
        switch try await fixture.store.changes(since: cursor) {
        case .unchanged: break
        case .resync: Issue.record("a resync without reason, \(place)")
        case .changes(let changed, let removed, let next):
          rows.removeAll { row in changed.contains { $0.slug == row.slug } || removed.contains(row.slug) }
          rows += changed
          cursor = next
        }
      }
      let table = try await fixture.store.statuses().sorted { $0.slug < $1.slug }
      #expect(rows.sorted { $0.slug < $1.slug } == table)
      #expect(life.done.count >= 9, "too little happened: \(life.done)")
    }
  }

  /// The operations, each on something random, also by those who have lost their job.
  private struct Life {
    let fixture: StoreFixture
    var random: SeededRandom
    let workers: [Worker]
    /// Also those that were lost: zombies go on writing.
    var claims: [Claim] = []
    var resolved: [Slug: Fingerprint] = [:]
    var done: Set<String> = []

    init(fixture: StoreFixture, random: SeededRandom) {
      self.fixture = fixture
      self.random = random
      workers = [fixture.worker("pod-a"), fixture.worker("pod-b")]
    }

    mutating func step() async throws -> String {
      let store = fixture.store
      let slug = slugs.randomElement(using: &random)!
      let number = Int.random(in: 0..<100, using: &random)
      let claim = claims.randomElement(using: &random)
      switch number {
      case ..<18:
        let options = JobOptions(force: random.chance(30), minify: random.chance(30))
        return note("enqueue", try await store.enqueue(slug, options: options, by: "p").outcome.rawValue)
      case ..<43:
        let worker = workers.randomElement(using: &random)!
        let taken = try await store.claim(worker, catalogue: slugs, limit: Int.random(in: 1...2, using: &random))
        claims += taken
        return note("claim", taken.isEmpty ? "none" : "taken")
      case ..<48:
        guard let claim else { return "" }
        try await fixture.expire(claim.job)
        return "expire"
      case ..<62:
        guard let claim else { return "" }
        let fingerprint = random.chance(40) ? Fingerprint("f\(Int.random(in: 0..<4, using: &random))") : nil
        let stage = [Stage.resolving, .cacheHit, .installingDependencies, .packaging].randomElement(using: &random)!
        let isOurs = try await store.report(Progress(stage: stage, fingerprint: fingerprint), for: claim)
        if isOurs, let fingerprint { resolved[claim.slug] = fingerprint }
        return note("progress", "\(isOurs)")
      case ..<76:
        guard let claim else { return "" }
        let made = publication(
          claim.slug, fingerprint: "f\(Int.random(in: 0..<4, using: &random))",
          bytes: UInt8.random(in: 0..<2, using: &random), cached: random.chance(40))
        let end = try await store.complete(claim, made)
        if end != .lost { resolved[claim.slug] = made.fingerprint }
        return note("complete", "\(end)")
      case ..<86:
        guard let claim else { return "" }
        let errorClass = ErrorClass.allCases.randomElement(using: &random)!
        return note("fail", "\(try await store.fail(claim, errorClass: errorClass, error: "e", random: 0))")
      case ..<89:
        guard let claim else { return "" }
        return note("give back", "\(try await store.giveBack(claim))")
      case ..<95:
        let seen = try await fixture.status(slug).map { SeenState($0) }
        let answer = try await store.retry(slug, seen: seen, force: random.chance(30), by: "p")
        return note("retry", answer.refusal == nil ? "done" : "refused")
      case ..<98:
        try await fixture.makeDue(slug)
        return "due"
      default:
        return note("poison", "\(try await store.failPoisonJobs())")
      }
    }

    private mutating func note(_ action: String, _ outcome: String) -> String {
      done.insert("\(action) \(outcome)")
      return "\(action): \(outcome)"
    }

    /// A row holds the fingerprint last resolved, or `pending`.
    func checkFingerprints(_ place: String) async throws {
      for row in try await fixture.store.statuses() {
        #expect(row.fingerprint == resolved[row.slug] ?? .pending, "\(row.slug), \(place)")
      }
    }
  }
}
