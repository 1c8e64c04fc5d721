package import BundleModel

/// What stays the same while a dashboard runs.
package struct DashboardConfiguration: Equatable, Sendable {
  /// The database as a person knows it, without secrets: `apphub@127.0.0.1:5432`.
  package var database: String
  /// Nothing that changes the world is offered.
  package var isReadOnly: Bool
  /// How long a signed link shall serve.
  package var linkLifetime: Duration

  package init(database: String, isReadOnly: Bool = false, linkLifetime: Duration = .seconds(300)) {
    self.database = UntrustedText.line(database, limit: 200)
    self.isReadOnly = isReadOnly
    self.linkLifetime = linkLifetime
  }
}

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
