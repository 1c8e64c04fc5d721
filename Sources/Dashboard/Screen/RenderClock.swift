package import BundleModel

/// The time at which a frame is drawn.
package struct RenderClock: Sendable {
  /// By the database's clock, as the times of events are.
  package var now: Timestamp
  /// Seconds to add to UTC for the person's own time at a moment.
  package var localOffset: @Sendable (Timestamp) -> Int

  package init(now: Timestamp, localOffset: @escaping @Sendable (Timestamp) -> Int = { _ in 0 }) {
    self.now = now
    self.localOffset = localOffset
  }
}

/// How times are written.
package enum TimeZoneChoice: Sendable {
  case utc, local
}
