package import BundleModel

/// One thing that a person should know before, or after, statuses are moved.
package struct MigrationFinding: Equatable, Sendable {
  package var kind: Kind
  /// Which directory, by its id.
  package var source: String
  /// Below the directory; nil when it is about a slug of several.
  package var path: String?
  package var slug: Slug?
  /// In one line: what it is and what becomes of it.
  package var reason: String

  package enum Kind: String, CaseIterable, Sendable {
    /// A file that is no status: see `LegacyDefect.Kind` for which, in the reason.
    case invalid
    case unreadable
    /// Completed, and its archive is nowhere.
    case archiveMissing = "archive-missing"
    /// The archive has other bytes than the status recorded.
    case checksumMismatch = "checksum-mismatch"
    /// The archive's name or place leads outside of the directory.
    case unsafePath = "unsafe-path"
    /// The same slug twice in one directory: `status.json` beside a file of its own.
    case duplicate
    /// Directories disagree about a slug: another one's is newer.
    case superseded
    /// The same inputs, with other bytes in another directory.
    case conflictingArchive = "conflicting-archive"
    /// The database has something newer, or at work.
    case newerInDatabase = "newer-in-database"
    /// It was running or queued when its pod died.
    case interrupted
  }

  package init(kind: Kind, source: String, path: String? = nil, slug: Slug? = nil, reason: String) {
    self.kind = kind
    self.source = source
    self.path = path
    self.slug = slug
    self.reason = reason
  }
}
