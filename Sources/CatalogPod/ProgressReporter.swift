internal import BundleModel
internal import BundleStore
internal import Synchronization

/// Writes the progress of one attempt in order: every stage, but of the steps within a stage only the newest, at most
/// four times a second.
final class ProgressReporter: Sendable {
  private struct State {
    var waiting: [Progress] = []
    var current = Progress(stage: .resolving)
  }

  private static let interval = Duration.milliseconds(250)
  private let state = Mutex(State())
  private let wakes: AsyncStream<Void>
  private let waker: AsyncStream<Void>.Continuation

  init() { (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  /// Notes what changed; the write follows.
  func note(_ change: (inout Progress) -> Void) {
    state.withLock { state in
      let before = state.current.stage
      change(&state.current)
      if state.current.stage != before {
        state.current.bytesDone = nil
        state.current.bytesTotal = nil
      }
      if let last = state.waiting.last, last.stage == state.current.stage {
        state.waiting[state.waiting.count - 1] = state.current
      } else {
        state.waiting.append(state.current)
      }
    }
    waker.yield()
  }

  /// No more notes will come; `run` writes what waits and returns.
  func finish() { waker.finish() }

  /// Writes until `finish`. A database that cannot be reached costs this progress and no more: the lease decides.
  ///
  /// - Parameter onLost: the attempt has lost its job.
  func run(claim: Claim, store: BundleStore, onLost: @Sendable () -> Void) async {
    for await _ in wakes {
      await write(claim: claim, store: store, onLost: onLost)
      try? await Task.sleep(for: ProgressReporter.interval)
    }
    await write(claim: claim, store: store, onLost: onLost)
  }

  private func write(claim: Claim, store: BundleStore, onLost: () -> Void) async {
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
