internal import BundleModel
internal import CSpawn
internal import Glibc
internal import Synchronization

/// What may end a piece of work early: a cancelled task or a deadline.
///
/// Blocking code asks `check()` between steps; code that waits in poll(2) also waits for `descriptor`.
final class Interruption: Sendable {
  /// Becomes readable, for good, on cancellation.
  let descriptor: Int32
  /// By a clock that runs on while the machine is suspended.
  let deadline: ContinuousClock.Instant
  private let limit: Duration
  private let isCancelledFlag = Atomic(false)

  /// Starts the clock. Fails (class pod) when no descriptor is left.
  init(within limit: Duration) throws(PackagingError) {
    descriptor = cspawn_wake_new()
    deadline = .now + limit
    self.limit = limit
    guard descriptor >= 0 else { throw .system("cannot make", "an eventfd", errno: errno) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// True once `cancel` was called.
  var isCancelled: Bool { isCancelledFlag.load(ordering: .acquiring) }

  /// Ends the work, from any thread.
  func cancel() {
    isCancelledFlag.store(true, ordering: .releasing)
    cspawn_wake(descriptor)
  }

  /// Throws (class cancelled or timeout) when the work should end.
  func check() throws(PackagingError) {
    if isCancelled { throw .cancelled }
    if ContinuousClock.now >= deadline {
      throw PackagingError(.timeout, "packaging did not finish within \(limit.inWords)")
    }
  }
}

extension Duration {
  /// Such as "90 s" or "0.5 s".
  var inWords: String {
    let (seconds, attoseconds) = components
    let tenths = attoseconds / 100_000_000_000_000_000
    return tenths == 0 ? "\(seconds) s" : "\(seconds).\(tenths) s"
  }
}
