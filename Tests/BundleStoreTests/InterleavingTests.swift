import BundleModel
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import BundleStore

/// Two connections take the steps of two programs in every order: what comes of it is what one after the other would
/// have come to.
@Suite("Every order of two transactions", .serialized)
struct InterleavingTests {
  /// Cases that begin in the same state, for one database.
  private struct Unit: Sendable {
    let name: String
    let cases: ArraySlice<InterleavingCase>
  }

  @Test("is as good as one after the other, for every pair of actions in every state")
  func pairs() async throws {
    let units = InterleavingStart.allCases.enumerated().flatMap { number, start in
      Self.units(InterleavingCase.pairs(start), name: "p\(number)")
    }
    let reports = try await Self.explore(units) { $0.cases.first?.start.rawValue ?? "" }
    Self.show(reports, order: InterleavingStart.allCases.map(\.rawValue))
    let all = reports.values.reduce(InterleavingReport(), +)
    #expect(all.complaints == [])
    // Something happened: transactions met, and met in many ways.
    #expect(all.pairs > 2000)
    #expect(all.interleavings > 8000)
    #expect(all.blocked > 1000)
    #expect(all.outcomes > 2 * all.pairs / 3)
  }

  @Test("is as good as one after the other, for programs of two transactions each")
  func stories() async throws {
    let stories = InterleavingStories.all
    let units = Dictionary(grouping: stories, by: \.start).sorted { $0.key.rawValue < $1.key.rawValue }
      .enumerated().flatMap { number, group in Self.units(group.value, name: "s\(number)", size: 10) }
    let reports = try await Self.explore(units) { "\($0.cases.first?.start.rawValue ?? "") (8 steps)" }
    Self.show(reports, order: reports.keys.sorted())
    let all = reports.values.reduce(InterleavingReport(), +)
    #expect(all.complaints == [])
    #expect(all.interleavings > 500)
    #expect(all.blocked > 100)
  }

  private static func units(_ cases: [InterleavingCase], name: String, size: Int = 70) -> [Unit] {
    stride(from: 0, to: cases.count, by: size).map { first in
      Unit(name: "\(name)-\(first)", cases: cases[first..<min(first + size, cases.count)])
    }
  }

  /// What is left to do.
  private final class Queue: Sendable {
    private let units: Mutex<ArraySlice<Unit>>
    init(_ units: [Unit]) { self.units = Mutex(units[...]) }
    func next() -> Unit? { units.withLock { $0.popFirst() } }
  }

  /// Several units at once, each on a database of its own; the reports by name.
  private static func explore(_ units: [Unit], _ name: @Sendable @escaping (Unit) -> String) async throws
    -> [String: InterleavingReport]
  {
    let queue = Queue(units)
    return try await withThrowingTaskGroup(of: [String: InterleavingReport].self) { group in
      for _ in 0..<3 {
        group.addTask {
          var reports: [String: InterleavingReport] = [:]
          while let unit = queue.next() {
            let report = try await StoreFixture.with { fixture in
              let arena = try await InterleavingArena(fixture)
              let report = try await arena.explore(Array(unit.cases), name: unit.name)
              await arena.close()
              return report
            }
            reports[name(unit), default: InterleavingReport()] = reports[name(unit), default: .init()] + report
          }
          return reports
        }
      }
      var all: [String: InterleavingReport] = [:]
      for try await reports in group { all.merge(reports) { $0 + $1 } }
      return all
    }
  }

  private static func show(_ reports: [String: InterleavingReport], order: [String]) {
    var lines = [InterleavingReport.header]
    for name in order { lines += reports[name].map { [$0.line(name)] } ?? [] }
    lines.append(reports.values.reduce(InterleavingReport(), +).line("together"))
    print(lines.joined(separator: "\n"))
  }
}

/// Pairs of programs of two transactions each: eight steps.
enum InterleavingStories {
  private static let a = InterleavingOwners.a
  private static let b = InterleavingOwners.b
  private static let cap = InterleavingStart.cap

  static var all: [InterleavingCase] {
    var all: [InterleavingCase] = []
    for start in [InterleavingStart.expired, .expiredWish] {
      for one in holder(LifeEvent.Fence(job: 0, attempt: 1, owner: a)) {
        for other in successor + [people(start)[0]] { all.append(InterleavingCase(start, one, other)) }
      }
    }
    for one in people(.failed) {
      for other in [people(.failed)[1], newcomer] { all.append(.init(.failed, one, other)) }
    }
    for one in people(.wish) { all.append(.init(.wish, one, people(.wish)[2])) }
    return all
  }

  /// The pod that runs the job and may have lost it.
  private static func holder(_ fence: LifeEvent.Fence) -> [InterleavedProgram] {
    let progress = InterleavedAction("old progress", .progress(fence, .packaging, Fingerprint("old")))
    return [
      .init(
        progress, .init("old complete", .complete(fence, InterleavingStart.made("f1", bytes: 10, cached: false)))),
      .init(progress, .init("old fail-transient", .fail(fence, .storage))),
      .init(.init("old renew", .renew(fence)), .init("old give-back", .giveBack(fence))),
      .init(.init("old renew", .renew(fence)), .init("old fail-bundle", .fail(fence, .bundle))),
    ]
  }

  /// A pod that takes over, if it gets the job.
  private static var successor: [InterleavedProgram] {
    let claim = InterleavedAction("b claim", .claim(b, cap: cap))
    let fence = LifeEvent.Fence(job: 0, attempt: 2, owner: b)
    let made = InterleavingStart.made("f1", bytes: 11, cached: false)
    return [
      .init(claim, .init("new complete", .complete(fence, made))),
      .init(claim, .init("new fail-transient", .fail(fence, .storage))),
      .init(claim, .init("new progress", .progress(fence, .packaging, Fingerprint("new")))),
    ]
  }

  /// A pod that takes what becomes of a failed bundle.
  private static var newcomer: InterleavedProgram {
    .init(
      .init("b claim", .claim(b, cap: cap)),
      .init("new give-back", .giveBack(.init(job: 0, attempt: 2, owner: b))))
  }

  private static func people(_ start: InterleavingStart) -> [InterleavedProgram] {
    let retry = start.people[0]
    let force = start.people[1]
    let cancel = start.people[3]
    let enqueue = start.people[4]
    return [.init(cancel, retry), .init(retry, cancel), .init(enqueue, cancel), .init(enqueue, force)]
  }
}
