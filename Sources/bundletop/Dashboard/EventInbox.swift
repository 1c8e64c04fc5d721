internal import BundleModel
internal import Dashboard
internal import ProcessControl
internal import Synchronization

/// Where events wait for the dashboard, stamped with the time by the database's clock.
final class EventInbox: Sendable {
  private struct State {
    var events: [DashboardEvent] = []
    /// What the database's clock is ahead of ours.
    var offset = Duration.zero
  }

  private let state = Mutex(State())
  private let waker: AsyncStream<Void>.Continuation
  /// One element whenever something waits.
  let wakes: AsyncStream<Void>

  init() { (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  /// Adds an event that happened now.
  func post(_ event: (Timestamp) -> DashboardEvent) {
    let made = event(now())
    state.withLock { $0.events.append(made) }
    waker.yield()
  }

  /// Takes out all that waits, in order.
  func take() -> [DashboardEvent] {
    state.withLock { state in
      defer { state.events = [] }
      return state.events
    }
  }

  /// The time by the database's clock.
  func now() -> Timestamp { ThisProcess.now().advanced(by: state.withLock { $0.offset }) }

  /// Notes what the database's clock showed a moment ago; small differences are noise.
  func setClock(_ database: Timestamp) {
    let offset = database.since(ThisProcess.now())
    state.withLock { state in
      let difference = offset - state.offset
      if difference > .milliseconds(250) || difference < .milliseconds(-250) { state.offset = offset }
    }
  }
}
