internal import Glibc

/// How a wait ended.
enum WaitOutcome: Sendable {
  /// The socket is ready (or broken: the next call on it will tell), or somebody called `wake`.
  case ready
  case deadline
  case cancelled
}

/// What a socket is watched for.
struct Interest: OptionSet, Sendable {
  let rawValue: Int16
  static let read = Interest(rawValue: Int16(POLLIN))
  static let write = Interest(rawValue: Int16(POLLOUT))
}

/// Who waits for what on a loop. Values only; the loop keeps it under its lock.
struct LoopState: Sendable {
  struct Waiter: Sendable {
    let continuation: CheckedContinuation<WaitOutcome, Never>
    let deadline: ContinuousClock.Instant?
    /// -1 for a waiter that only `wake`, its deadline or a cancellation ends.
    let descriptor: Int32
    let events: Int16
  }

  var jobs: [UnownedJob] = []
  /// True from just before poll(2) until somebody interrupts it.
  var isAsleep = false
  private(set) var waiters: [UInt64: Waiter] = [:]
  /// Those of `waiters` with a socket.
  private(set) var watched: [UInt64] = []
  /// Changes with `watched`.
  private(set) var version = 0
  /// No deadline is before this one; it may itself be gone already, which costs one look at all waiters.
  private var earliest: ContinuousClock.Instant?

  mutating func add(_ waiter: Waiter, as id: UInt64) {
    waiters[id] = waiter
    if waiter.descriptor >= 0 {
      watched.append(id)
      version += 1
    }
    if let deadline = waiter.deadline { earliest = earliest.map { min($0, deadline) } ?? deadline }
  }

  /// Takes a waiter out; nil when it was taken before. Whoever gets it must resume it.
  mutating func remove(_ id: UInt64) -> Waiter? {
    guard let waiter = waiters.removeValue(forKey: id) else { return nil }
    if waiter.descriptor >= 0, let index = watched.firstIndex(of: id) {
      watched.remove(at: index)
      version += 1
    }
    return waiter
  }

  /// Takes out every waiter on a socket that is about to be closed.
  mutating func remove(descriptor: Int32) -> [Waiter] {
    watched.filter { waiters[$0]?.descriptor == descriptor }.compactMap { remove($0) }
  }

  /// The timeout for poll(2): rounded up, so that it does not end just before the deadline; -1 for ever.
  func millisecondsToDeadline() -> Int32 {
    guard let earliest else { return -1 }
    let (seconds, attoseconds) = (earliest - .now).components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return Int32(clamping: min(seconds, 1_000_000) * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
  }

  mutating func takeExpired() -> [(Waiter, WaitOutcome)] {
    guard let bound = earliest else { return [] }
    let now = ContinuousClock.now
    guard bound <= now else { return [] }
    let expired = waiters.filter { $0.value.deadline.map { $0 <= now } ?? false }
    earliest = nil
    let out = expired.keys.compactMap { remove($0) }.map { ($0, WaitOutcome.deadline) }
    for waiter in waiters.values {
      if let deadline = waiter.deadline { earliest = earliest.map { min($0, deadline) } ?? deadline }
    }
    return out
  }
}
