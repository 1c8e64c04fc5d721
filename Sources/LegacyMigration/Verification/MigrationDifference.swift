package import BundleModel

/// Where the database or the object store is not what a directory says: something to mend before reads are switched.
package struct MigrationDifference: Equatable, Sendable {
  package var kind: Kind
  /// Which directory, by its id; nil when it is about the store alone.
  package var source: String?
  /// Below the directory.
  package var path: String?
  package var slug: Slug
  /// In one line: what differs.
  package var reason: String

  package enum Kind: String, CaseIterable, Sendable {
    /// The database does not know the bundle.
    case missingRow = "missing-row"
    /// The file is newer than the row.
    case olderRow = "older-row"
    /// Of the same moment, and not the same.
    case otherFields = "other-fields"
    /// Completed, and no artifact.
    case noArtifact = "no-artifact"
    /// The archive has other bytes than what is stored of it.
    case otherArchive = "other-archive"
    case objectMissing = "object-missing"
    case objectMismatch = "object-mismatch"
    /// The object could not be looked at, or nothing is recorded to compare it with.
    case objectUnknown = "object-unknown"
  }

  package init(kind: Kind, source: String? = nil, path: String? = nil, slug: Slug, reason: String) {
    self.kind = kind
    self.source = source
    self.path = path
    self.slug = slug
    self.reason = UntrustedText.line(reason, limit: 1000)
  }
}
