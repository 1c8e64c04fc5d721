internal import BundleModel

/// What a pod works on: one work a job at a time, also when the same job comes out twice.
///
/// Works have numbers, because two claims of one job can be equal: a failover that loses a claim gives the same
/// attempt to the same owner again.
struct AttemptTable: Sendable {
  private struct Work {
    var claim: Claim
    var loss: LossFlag
    var task: Task<Void, Never>
  }

  private var works: [Int: Work] = [:]
  private var last = 0

  /// How many have not ended, also of those that were told to.
  var count: Int { works.count }

  /// Begins to work on a claim; earlier work on its job is told to stop, and is waited for.
  ///
  /// - Parameters:
  ///   - loss: set when this work loses its job.
  ///   - work: is told the number that it has here.
  mutating func start(
    _ claim: Claim, _ loss: LossFlag = LossFlag(), _ work: @Sendable @escaping (Int) async -> Void
  ) {
    let earlier = works.values.filter { $0.claim.job == claim.job }.map(\.task)
    for task in earlier { task.cancel() }
    last += 1
    let number = last
    works[number] = Work(
      claim: claim, loss: loss,
      task: Task {
        for task in earlier { await task.value }
        await work(number)
      })
  }

  /// Forgets a work that has ended; returns its claim if nothing works on that any more.
  mutating func end(_ number: Int) -> Claim? {
    guard let claim = works.removeValue(forKey: number)?.claim else { return nil }
    return contains(claim) ? nil : claim
  }

  func contains(_ claim: Claim) -> Bool { works.values.contains { $0.claim == claim } }

  /// The claim of a work that has not ended.
  func claim(of number: Int) -> Claim? { works[number]?.claim }

  /// Tells all work on a claim that its job is lost, and to stop.
  func lose(_ claim: Claim) {
    for work in works.values where work.claim == claim {
      work.loss.set()
      work.task.cancel()
    }
  }

  /// Tells everything to stop.
  func cancelAll() {
    for work in works.values { work.task.cancel() }
  }

  /// What to wait for, for the end of everything.
  var tasks: [Task<Void, Never>] { works.values.map(\.task) }
}
