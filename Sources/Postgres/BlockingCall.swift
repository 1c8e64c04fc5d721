internal import CPostgres
internal import Synchronization

/// A call that may block, on a thread of its own: name resolution and `PQcancel`, for which libpq 15 has no
/// asynchronous form.
final class BlockingCall<Value: Sendable>: Sendable {
  private enum State {
    case running
    case awaited(UInt64)
    case done(Value)
  }

  private let state = Mutex<State>(.running)
  private let loop: EventLoop
  private let work: @Sendable () -> Value

  private init(_ loop: EventLoop, _ work: @escaping @Sendable () -> Value) {
    self.loop = loop
    self.work = work
  }

  /// Begins the call; nil when too many are under way, which means that a resolver or a network hangs.
  static func start(on loop: EventLoop, _ work: @escaping @Sendable () -> Value) -> BlockingCall? {
    guard BlockingThreads.take() else { return nil }
    let call = BlockingCall(loop, work)
    let boxed: any Runnable = call
    let context = Unmanaged.passRetained(RunnableBox(boxed))
    let started = cpostgres_start_thread(
      { context in
        let box = Unmanaged<RunnableBox>.fromOpaque(context!).takeRetainedValue()
        box.runnable.run()
        BlockingThreads.giveBack()
      }, context.toOpaque(), "postgres-block", 512 * 1024)
    if !started {
      context.release()
      BlockingThreads.giveBack()
      return nil
    }
    return call
  }

  /// What the call returned; nil when it did not in time, or the task was cancelled. The call itself goes on. To be
  /// awaited once.
  func value(until deadline: ContinuousClock.Instant, cancellable: Bool) async -> Value? {
    _ = await loop.park(until: deadline, cancellable: cancellable) { id in
      let isDone = state.withLock { state in
        if case .done = state { return true }
        state = .awaited(id)
        return false
      }
      if isDone { loop.wake(id) }
    }
    return state.withLock { state in
      if case .done(let value) = state { value } else { nil }
    }
  }
}

extension BlockingCall: Runnable {
  fileprivate func run() {
    let value = work()
    let waiter: UInt64? = state.withLock { state in
      defer { state = .done(value) }
      if case .awaited(let id) = state { return id }
      return nil
    }
    if let waiter { loop.wake(waiter) }
  }
}

/// Something for a thread to do: a C callback cannot be generic.
private protocol Runnable: Sendable {
  func run()
}

private final class RunnableBox: Sendable {
  let runnable: any Runnable
  init(_ runnable: any Runnable) { self.runnable = runnable }
}

/// Bounds the threads that hang networks can hold.
private enum BlockingThreads {
  private static let limit = 16
  private static let running = Mutex(0)

  static func take() -> Bool {
    running.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
  }

  static func giveBack() { running.withLock { $0 -= 1 } }
}
