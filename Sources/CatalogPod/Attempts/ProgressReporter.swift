internal import BundleModel
internal import BundleStore
internal import Persistence
internal import PodAPI
internal import Synchronization

/// Writes the progress of one attempt in order: every stage, but of the steps within a stage only the newest, at most
/// four times a second.
final class ProgressReporter: Sendable {
  private struct State {
    var waiting: [Progress] = []
    var current = Progress(stage: .resolving)
    /// When the current stage began.
    var stageBegan = ContinuousClock.now
    /// The rest between two writes.
    var rest: Task<Void, Never>?
    var isFinished = false
  }

  private static let interval = Duration.milliseconds(250)
  private let state = Mutex(State())
  private let wakeUps = WakeUps()
  private let metrics: PodMetrics

  init(metrics: PodMetrics = PodMetrics()) { self.metrics = metrics }

  /// Notes what changed; the write follows, at once for a new stage.
  func note(_ change: (inout Progress) -> Void) {
    let rest = state.withLock { state in
      let before = state.current.stage
      change(&state.current)
      let isNewStage = state.current.stage != before
      if isNewStage {
        leave(before, &state)
        state.current.bytesDone = nil
        state.current.bytesTotal = nil
      }
      if let last = state.waiting.last, last.stage == state.current.stage {
        state.waiting[state.waiting.count - 1] = state.current
      } else {
        state.waiting.append(state.current)
      }
      return isNewStage ? state.rest : nil
    }
    rest?.cancel()
    wakeUps.ring()
  }

  /// No more notes will come; `run` writes what waits and returns.
  func finish() {
    let rest = state.withLock { state in
      if !state.isFinished { leave(state.current.stage, &state) }
      state.isFinished = true
      return state.rest
    }
    wakeUps.finish()
    rest?.cancel()
  }

  /// Writes until `finish`. A database that cannot be reached costs this progress and no more: the lease decides.
  ///
  /// - Parameter onLost: the attempt has lost its job.
  func run(claim: Claim, store: any StatusStore, onLost: @Sendable () -> Void) async {
    for await _ in wakeUps.stream {
      await write(claim: claim, store: store, onLost: onLost)
      await rest()
    }
    await write(claim: claim, store: store, onLost: onLost)
  }

  private func leave(_ stage: Stage, _ state: inout State) {
    let now = ContinuousClock.now
    metrics.left(stage, after: now - state.stageBegan)
    state.stageBegan = now
  }

  private func rest() async {
    let pause: Task<Void, Never>? = state.withLock { state in
      guard !state.isFinished else { return nil }
      let pause = Task { _ = try? await Task.sleep(for: ProgressReporter.interval) }
      state.rest = pause
      return pause
    }
    await pause?.value
  }

  private func write(claim: Claim, store: any StatusStore, onLost: () -> Void) async {
    let batch = state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
    for progress in batch {
      guard let isOurs = try? await store.report(progress, for: claim) else { return }
      if !isOurs { return onLost() }
    }
  }
}
