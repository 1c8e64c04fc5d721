/// Hears notifications on a connection of its own, and comes back by itself when that breaks.
///
/// Whoever follows a feed with it reads the feed after every `.connected` and every `.notified`: what happened
/// while the connection was down is never notified again.
package final class Listener: Sendable {
  /// What happened to the subscription.
  package enum Event: Sendable {
    /// The server has confirmed the subscription, now or again.
    case connected
    /// Somebody notified the channel.
    case notified(channel: String, payload: String)
    /// The connection broke or could not be made; the next attempt is due after `retryIn`.
    case disconnected(PostgresError, retryIn: Duration)
  }

  /// How the connection is watched and made again.
  package struct Timing: Sendable {
    /// How often the server is asked for a sign of life: a peer that went without a word is not noticed otherwise.
    package var pingEvery: Duration = .seconds(15)
    /// How long it may take to answer.
    package var pingDeadline: Duration = .seconds(5)
    /// The pause after a first failure; it doubles with each further one.
    package var firstPause: Duration = .milliseconds(100)
    /// The longest pause.
    package var longestPause: Duration = .seconds(10)

    package init() {}
  }

  /// The events, for one reader. While nobody reads the oldest are dropped: any later one asks for the same.
  package let events: AsyncStream<Event>
  private let task: Task<Void, Never>

  /// Begins to connect at once and goes on until `close`, or until the reader of `events` stops.
  package init(_ settings: ConnectionSettings, channels: [String], timing: Timing = Timing()) {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(1024))
    self.events = events
    let subscription = Subscription(
      settings: settings, channels: channels, timing: timing, events: continuation)
    let task = Task { await subscription.run() }
    self.task = task
    continuation.onTermination = { _ in task.cancel() }
  }

  deinit { task.cancel() }

  /// Ends the subscription and `events`; returns when the connection is closed.
  package func close() async {
    task.cancel()
    await task.value
  }
}

/// What the task of a listener works with.
private struct Subscription: Sendable {
  let settings: ConnectionSettings
  let channels: [String]
  let timing: Listener.Timing
  let loop = EventLoop.shared
  let events: AsyncStream<Listener.Event>.Continuation

  func run() async {
    var backoff = Backoff(first: timing.firstPause, longest: timing.longestPause)
    while !Task.isCancelled {
      let begin = ContinuousClock.now
      let error = await hearUntilBroken()
      if Task.isCancelled { break }
      // A server that takes the login and drops it again is as good as none: only time earns trust.
      if ContinuousClock.now - begin > timing.longestPause { backoff.reset() }
      let pause = backoff.failed(error)
      events.yield(.disconnected(error, retryIn: pause))
      _ = await loop.park(until: .now + pause)
    }
    events.finish()
  }

  /// Connects, subscribes and passes on notifications; returns why it ended.
  private func hearUntilBroken() async -> PostgresError {
    let connection: Connection
    do {
      connection = try await Connection.connect(settings)
    } catch {
      return error
    }
    let error: PostgresError
    do {
      for channel in channels { try await connection.listen(channel) }
      events.yield(.connected)
      error = await hear(connection)
    } catch let failure {
      error = failure
    }
    await connection.discard()
    return error
  }

  private func hear(_ connection: Connection) async -> PostgresError {
    await withTaskGroup(of: PostgresError.self) { group in
      group.addTask {
        for await notification in connection.notifications {
          events.yield(.notified(channel: notification.channel, payload: notification.payload))
        }
        let loss = await connection.idleLoss
        return loss ?? PostgresError(.connectionLost, "the connection to \(settings.displayName) broke")
      }
      group.addTask { await pingUntilBroken(connection) }
      defer { group.cancelAll() }
      return await group.next() ?? PostgresError(.cancelled, "listening was cancelled")
    }
  }

  private func pingUntilBroken(_ connection: Connection) async -> PostgresError {
    while true {
      if await loop.park(until: .now + timing.pingEvery) == .cancelled {
        return PostgresError(.cancelled, "listening was cancelled")
      }
      do {
        // An empty statement goes to the server and back without opening a transaction.
        try await connection.script("", deadline: timing.pingDeadline)
      } catch {
        return error
      }
    }
  }
}
