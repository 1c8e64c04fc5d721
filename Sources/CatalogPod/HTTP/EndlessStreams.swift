internal import Synchronization

/// The streams without an end that run now: they end when the pod goes.
final class EndlessStreams: Sendable {
  private struct State {
    var running: [Int: Task<Void, any Error>] = [:]
    var next = 0
    var isStopping = false
  }

  private let state = Mutex(State())

  /// Keeps a stream that has begun; one that comes too late is cancelled at once.
  func add(_ task: Task<Void, any Error>) -> Int {
    let (number, isStopping) = state.withLock { state in
      state.next += 1
      state.running[state.next] = task
      return (state.next, state.isStopping)
    }
    if isStopping { task.cancel() }
    return number
  }

  /// Forgets a stream that has ended.
  func remove(_ number: Int) { state.withLock { _ = $0.running.removeValue(forKey: number) } }

  /// Ends them all, and those that come.
  func stop() {
    let running = state.withLock { state in
      state.isStopping = true
      return state.running.values.map { $0 }
    }
    for task in running { task.cancel() }
  }
}
