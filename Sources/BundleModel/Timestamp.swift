/// A moment, in whole microseconds since 1970-01-01T00:00:00Z: the resolution of Postgres.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since the Unix epoch.
  package var microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }

  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  /// The span from `earlier` to this moment, negative when `earlier` is later. Ends at what 64 bits of microseconds
  /// hold, for a database can say `infinity`.
  package func since(_ earlier: Timestamp) -> Duration {
    let (span, overflow) = microseconds.subtractingReportingOverflow(earlier.microseconds)
    return .microseconds(overflow ? (microseconds < 0 ? .min : .max) : span)
  }

  /// The moment `span` later, at most the last one that 64 bits of microseconds hold.
  package func advanced(by span: Duration) -> Timestamp {
    let (seconds, attoseconds) = span.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
    let (moment, beyond) = microseconds.addingReportingOverflow(sum)
    if overflow || carry || beyond { return Timestamp(microseconds: seconds < 0 ? .min : .max) }
    return Timestamp(microseconds: moment)
  }

  /// Cut to milliseconds, the resolution of AppHub's moments.
  package var wholeMilliseconds: Timestamp {
    let rest = microseconds % 1000
    let (cut, isBeyond) = microseconds.subtractingReportingOverflow(rest < 0 ? rest + 1000 : rest)
    return isBeyond ? self : Timestamp(microseconds: cut)
  }
}
