package import BundleModel

/// What a verification found, of several directories and of the store that they moved into.
package struct VerificationReport: Equatable, Sendable {
  /// What was found of one directory.
  package struct Source: Equatable, Sendable {
    package var id: String
    package var path: String
    /// Statuses that could be read.
    package var statuses = 0
    /// Those that the database has as the file has them.
    package var same = 0
    /// Those that the database has something newer for.
    package var superseded = 0
    /// Those that differ.
    package var different = 0
    /// Those that stay behind.
    package var quarantined = 0
    /// Archives of its statuses that lie there.
    package var archives = 0
    /// Those whose bytes the object store has.
    package var stored = 0
    /// Bytes of archives that were hashed.
    package var bytesRead: Int64 = 0

    package init(id: String, path: String) {
      self.id = id
      self.path = path
    }
  }

  /// A file that could not be taken.
  package struct Quarantined: Equatable, Sendable {
    package var source: String
    package var path: String
    package var slug: Slug?
    package var reason: String

    package init(source: String, path: String, slug: Slug?, reason: String) {
      self.source = source
      self.path = path
      self.slug = slug
      self.reason = UntrustedText.line(reason, limit: 1000)
    }
  }

  package var sources: [Source] = []
  /// Rows of statuses in the database.
  package var rows = 0
  /// Those that are completed.
  package var completed = 0
  /// Rows of artifacts.
  package var artifacts = 0
  /// Artifacts whose object is there and is what was published.
  package var objects = 0
  /// Bytes of objects that were read.
  package var bytesRead: Int64 = 0
  package var isDeep = false
  package var differences: [MigrationDifference] = []
  package var quarantined: [Quarantined] = []

  package init() {}

  package var isClean: Bool { differences.isEmpty && quarantined.isEmpty }

  /// Differences that one directory is held against: its own, and those of the store.
  package func differences(of source: String) -> Int {
    differences.count { $0.source == source || $0.source == nil }
  }

  package func quarantined(of source: String) -> Int { quarantined.count { $0.source == source } }
}
