package import BundleModel

/// Everything that is known of one bundle, read for the detail pane.
package struct BundleDetail: Equatable, Sendable {
  package var status: BundleStatus
  /// Of all jobs of the slug that are still known, in any order.
  package var attempts: [Attempt]
  /// After how many attempts the current job gives up.
  package var maxAttempts: Int?
  /// The newest artifact of the slug, whatever the state of its row.
  package var lastArtifact: Artifact?
  /// What the last look at that artifact found wrong.
  package var damage: String?

  package init(
    status: BundleStatus, attempts: [Attempt] = [], maxAttempts: Int? = nil, lastArtifact: Artifact? = nil,
    damage: String? = nil
  ) {
    self.status = status
    self.attempts = attempts
    self.maxAttempts = maxAttempts
    self.lastArtifact = lastArtifact
    self.damage = damage
  }
}
