package import BundleModel

/// What the migration must know of a bundle's row before it compares a file with it.
package struct MigrationRow: Equatable, Sendable {
  package var slug: Slug
  package var fingerprint: Fingerprint
  package var state: BundleState
  package var updatedAt: Timestamp
  /// An attempt of ours wrote the row.
  package var isOurs: Bool
  /// A job is queued or running for it.
  package var hasActiveJob: Bool
  /// The recorded checksum of the artifact that the row points at.
  package var archive: String?

  package init(
    slug: Slug, fingerprint: Fingerprint, state: BundleState, updatedAt: Timestamp, isOurs: Bool = false,
    hasActiveJob: Bool = false, archive: String? = nil
  ) {
    self.slug = slug
    self.fingerprint = fingerprint
    self.state = state
    self.updatedAt = updatedAt
    self.isOurs = isOurs
    self.hasActiveJob = hasActiveJob
    self.archive = archive
  }
}
