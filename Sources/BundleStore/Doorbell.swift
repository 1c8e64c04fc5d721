internal import Postgres

/// Tells every listener that something was committed: an empty NOTIFY on a connection of its own.
///
/// A NOTIFY inside the writing transaction would make all commits wait for one another; this one follows the commit,
/// at once for the first change and then at most every 25 ms. Losing it costs a poll interval, never a change.
final class Doorbell: Sendable {
  /// The channel that everybody listens on.
  static let channel = "example_bundles"

  private static let interval = Duration.milliseconds(25)
  private let rings: AsyncStream<Void>.Continuation
  private let ringer: Task<Void, Never>

  init(_ settings: ConnectionSettings) {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    rings = continuation
    ringer = Task {
      let pool = Pool(settings, size: 1)
      for await _ in stream {
        // Without an answer there is nothing to do: the listeners poll.
        _ = try? await pool.query("notify \(Doorbell.channel)", deadline: .seconds(2))
        try? await Task.sleep(for: Doorbell.interval)
      }
      await pool.close()
    }
  }

  /// Rings after the caller's commit; returns at once.
  func ring() { rings.yield() }

  /// Lets the last ring out and hangs up.
  func close() async {
    rings.finish()
    await ringer.value
  }
}

extension BundleStore {
  /// Calls `onRing` whenever the doorbell rings, and after each reconnection, until the task is cancelled.
  package func listen(_ onRing: @Sendable () -> Void) async {
    let listener = Listener(pool.settings, channels: [Doorbell.channel])
    for await event in listener.events {
      switch event {
      case .connected, .notified: onRing()
      case .disconnected: break
      }
    }
    await listener.close()
  }
}
