internal import BundleModel
import Synchronization

/// What the server's clock is ahead of ours, learnt from the Date of its refusals and kept until a refusal shows
/// that it has become wrong.
final class ServerClock: Sendable {
  /// How far clocks may be apart before a refusal is put down to them: AWS allows 15 minutes, others five.
  static let tolerance = Duration.seconds(5 * 60)
  /// Nearer than this our own clock is good enough, and a Date of whole seconds is not better.
  private static let negligible: Int64 = 60 * 1_000_000
  /// What a server can mean: 2015 to 2200. A Date outside is garbage, and signatures have four digits of a year.
  private static let plausible: Range<Int64> = 1_420_070_400_000_000..<7_258_118_400_000_000

  /// Microseconds.
  private let ahead = Atomic<Int64>(0)

  /// What was learnt, and what was believed before.
  struct Change: Equatable, Sendable {
    var before: Int64
    var after: Int64
  }

  /// What this server's clock shows when ours shows `now`.
  func moment(at now: Timestamp) -> Timestamp {
    now.advanced(by: .microseconds(ahead.load(ordering: .relaxed)))
  }

  /// True when a server that answered at `date` may have refused what was dated `signed` for its date.
  ///
  /// - Parameter received: when the answer came, by the clock that `signed` was read from: a long upload's answer
  ///   is no sign of a wrong clock.
  static func isApart(_ date: Timestamp, signed: Timestamp, received: Timestamp) -> Bool {
    signed.since(date) > tolerance || date.since(max(signed, received)) > tolerance
  }

  /// Takes the offset from a refusal that came when our clock showed `now`; nil when its Date says nothing.
  func learn(_ date: Timestamp, now: Timestamp) -> Change? {
    guard Self.plausible.contains(date.microseconds) else { return nil }
    let (offset, overflow) = date.microseconds.subtractingReportingOverflow(now.microseconds)
    guard !overflow else { return nil }
    let after = abs(offset) < Self.negligible ? 0 : offset
    return Change(before: ahead.exchange(after, ordering: .relaxed), after: after)
  }

  /// Believes again what was believed before, unless somebody has learnt something else since.
  func undo(_ change: Change) {
    _ = ahead.compareExchange(expected: change.after, desired: change.before, ordering: .relaxed)
  }
}
