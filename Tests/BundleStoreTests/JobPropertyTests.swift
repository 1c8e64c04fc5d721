import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

/// Random lives of bundles: after every step the tables say what the pure protocol says, the rules hold, and a follower
/// of the feed knows the table.
@Suite("Any sequence of operations", .serialized)
struct JobPropertyTests {
  private static let slugs: [Slug] = ["a", "b", "c"]
  private static let settings = StoreSettings(
    lease: .seconds(300), renewEvery: .seconds(5), stopAfter: .seconds(20), beatEvery: .seconds(1),
    goneAfter: .seconds(10), pollEvery: .milliseconds(100), maxAttempts: 3, attemptCap: 5,
    backoff: .seconds(600) ... .seconds(600))

  @Test("agrees with the pure protocol and keeps the rules", arguments: [1, 2, 3, 4] as [UInt64])
  func sequence(seed: UInt64) async throws {
    try await StoreFixture.with(settings: Self.settings) { fixture in
      var random = SeededRandom(seed: seed)
      let workers = ["pod-a", "pod-b"].map { fixture.worker($0) }
      let known = Dictionary(uniqueKeysWithValues: workers.map { ($0.owner, $0) })
      var lives: [Slug: BundleLife] = [:]
      var seen: Set<String> = []
      var (rows, cursor) = try await fixture.store.snapshot()
      for step in 0..<150 {
        let slug = Self.slugs.randomElement(using: &random)!
        let life = lives[slug, default: BundleLife()]
        let event = Self.event(life, workers, &random)
        let place = "seed \(seed), step \(step), \(slug): \(event)"
        let expected = BundleLife.transition(life, event)
        let stored = StoredLife(fixture: fixture, slug: slug, workers: known)
        let answer = try await stored.apply(event)
        #expect(answer == expected.answer, "\(place)")
        let table = try await stored.read()
        try #require(table == expected.life, "\(place)")
        lives[slug] = table
        seen.insert("\(event.word) \(answer)")
        try #require(try await fixture.lines(JobInvariants.sql) == [], "\(place)")
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
      #expect(seen.count >= 18, "too little happened: \(seen.sorted())")
    }
  }

  /// Something that may happen to a bundle, also by those who have lost their job.
  private static func event(
    _ life: BundleLife, _ workers: [Worker], _ random: inout SeededRandom
  ) -> LifeEvent {
    let fence = life.attempts.randomElement(using: &random).map {
      LifeEvent.Fence(job: $0.job, attempt: $0.number, owner: $0.owner)
    }
    let running = life.active.flatMap { job in
      life.jobs[job].owner.map { LifeEvent.Fence(job: job, attempt: life.jobs[job].attempt, owner: $0) }
    }
    let writer = random.chance(70) ? running ?? fence : fence
    let fingerprint = Fingerprint("f\(Int.random(in: 0..<3, using: &random))")!
    let number = Int.random(in: 0..<100, using: &random)
    switch (number, writer) {
    case (50..<60, let writer?):
      let stage = [Stage.resolving, .cacheHit, .installingDependencies, .packaging].randomElement(using: &random)!
      return .progress(writer, stage, random.chance(50) ? fingerprint : nil)
    case (60..<70, let writer?):
      let checksum = Checksum(digest: [UInt8](repeating: UInt8.random(in: 0..<2, using: &random), count: 32))!
      return .complete(
        writer,
        .init(
          fingerprint: fingerprint, checksum: checksum, storageKey: "k/\(fingerprint)/\(checksum.hex.prefix(16))",
          cached: random.chance(40)))
    case (70..<80, let writer?): return .fail(writer, ErrorClass.allCases.randomElement(using: &random)!)
    case (80..<83, let writer?): return .giveBack(writer)
    case (83..<86, let writer?): return .renew(writer)
    case (..<16, _):
      let options = JobOptions(
        force: random.chance(30), minify: random.chance(30),
        descriptor: random.chance(20) ? Descriptor(module: "m", path: "x") : nil)
      return .enqueue(.init(options, maxAttempts: settings.maxAttempts))
    case (..<36, _): return .claim(workers.randomElement(using: &random)!.owner, cap: settings.attemptCap)
    case (..<43, _): return .leaseExpires
    case (..<48, _): return .becomesDue
    case (..<50, _): return .endPoison(cap: settings.attemptCap)
    case (..<93, _):
      var seen = random.chance(80) ? life.status : nil
      if random.chance(20) { seen?.attempt += 1 }
      return .retry(seen: seen, force: random.chance(30), maxAttempts: settings.maxAttempts)
    default: return .cancel(seenJob: random.chance(60) ? life.jobs.indices.randomElement(using: &random) : nil)
    }
  }
}

extension LifeEvent {
  /// The name of the case.
  fileprivate var word: Substring { "\(self)".prefix { $0 != "(" } }
}
