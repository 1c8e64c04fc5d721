internal import Glibc
internal import Synchronization

/// Passes bytes from a task, which may only wait, to a thread that blocks, one piece at a time and only when it asks:
/// what is in memory does not grow, and nothing is read that nobody wants.
final class PieceHandOff: @unchecked Sendable {  // sem_t(3) may be used from any thread, all else is under the lock
  private struct State {
    var isWanted = false
    var isOver = false
    var waiter: CheckedContinuation<Bool, Never>?
    var piece: Result<[UInt8]?, any Error> = .success(nil)
  }

  private let state = Mutex(State())
  private let bell: UnsafeMutablePointer<sem_t>

  init() {
    bell = .allocate(capacity: 1)
    sem_init(bell, 0, 0)
  }

  deinit {
    sem_destroy(bell)
    bell.deallocate()
  }

  // MARK: - The thread

  /// Waits for the next piece; nil at the end. Throws what the task could not do.
  func next() throws -> [UInt8]? {
    let waiter = state.withLock { state in
      state.isWanted = state.waiter == nil
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: true)
    while sem_wait(bell) != 0 {}
    return try state.withLock { state in
      defer { state.piece = .success(nil) }
      return state.piece
    }.get()
  }

  /// Says that nothing more is wanted. Needed on every path.
  func finish() {
    let waiter = state.withLock { state in
      state.isOver = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: false)
  }

  // MARK: - The task

  /// Waits until the thread asks for a piece; false when it never will again. Each true is answered by one `give`.
  func isWanted() async -> Bool {
    await withCheckedContinuation { continuation in
      let answer = state.withLock { state -> Bool? in
        if state.isOver { return false }
        if state.isWanted {
          state.isWanted = false
          return true
        }
        state.waiter = continuation
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  /// Answers the thread: bytes, nil for the end, or why there are none.
  func give(_ piece: Result<[UInt8]?, any Error>) {
    state.withLock { $0.piece = piece }
    sem_post(bell)
  }
}
