internal import CTerminal
import Synchronization

/// What other threads want from the screen's thread. Nothing waits here: a newer frame replaces an older one.
final class ScreenMailbox: Sendable {
  /// Everything that came since the last look.
  struct Orders: Sendable {
    var frame: Frame?
    var isMouseWanted: Bool?
    var repaint = false
    var suspend = false
    var writes: [Write] = []
    var closers: [CheckedContinuation<Void, Never>] = []
    var close = false
  }

  /// Bytes for the terminal that are no part of a frame, and who wants to know how it went.
  struct Write: Sendable {
    let bytes: [UInt8]
    let done: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var orders = Orders()
    var isWoken = false
    var isClosed = false
    var size: Size
  }

  private let state: Mutex<State>

  /// An open mailbox without orders.
  init(size: Size) { state = Mutex(State(size: size)) }

  /// The window's size as last seen.
  var size: Size {
    get { state.withLock { $0.size } }
    set { state.withLock { $0.size = newValue } }
  }

  /// Changes the orders and wakes the thread; false once the screen is closed.
  @discardableResult
  func post(_ change: (inout Orders) -> Void) -> Bool {
    let (accepted, mustWake) = state.withLock { state in
      guard !state.isClosed else { return (false, false) }
      change(&state.orders)
      defer { state.isWoken = true }
      return (true, !state.isWoken)
    }
    if mustWake { terminal_wake() }
    return accepted
  }

  /// Takes all orders; only the screen's thread.
  func take() -> Orders {
    state.withLock { state in
      state.isWoken = false
      defer { state.orders = Orders() }
      return state.orders
    }
  }

  /// Takes no more orders and returns the last ones.
  func close() -> Orders {
    state.withLock { state in
      state.isClosed = true
      defer { state.orders = Orders() }
      return state.orders
    }
  }
}
