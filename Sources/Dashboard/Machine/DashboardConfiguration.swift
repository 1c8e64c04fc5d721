internal import BundleModel

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
