package import BundleModel

/// How the dashboard hears from the database.
package enum ConnectionState: Equatable, Sendable {
  /// No answer yet since the start.
  case connecting
  /// Changes are pushed; the latency is that of the doorbell, when it was measured.
  case live(latency: Duration?)
  /// Changes are asked for.
  case polling
  /// Connected, but the feed has not answered since then.
  case blind(since: Timestamp)
  /// No connection. What is on the screen is as of `since`, the last moment at which the database answered.
  case lost(since: Timestamp, nextTry: Timestamp?, reason: String)
}

extension ConnectionState {
  /// True when the database answers.
  var isUsable: Bool {
    switch self {
    case .live, .polling: true
    case .connecting, .blind, .lost: false
    }
  }

  /// What is on the screen was true once: the database answered, and does no more.
  var leavesDataStale: Bool { !isUsable && self != .connecting }
}
