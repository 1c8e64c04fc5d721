package import BundleModel
package import LegacyStore

/// What one directory says of a bundle, with its archive looked up.
package struct MigrationCandidate: Equatable, Sendable {
  /// The directory's id.
  package var source: String
  package var entry: LegacyEntry
  package var archive: ArchiveFact

  /// Where the archive of a status is.
  package enum ArchiveFact: Equatable, Sendable {
    /// Not completed, so that there is none.
    case none
    /// With the SHA-256 of its bytes, as they were read.
    case found(LegacyArchive, Checksum)
    case missing
    /// Its name or place leads out of the directory: it was not opened.
    case unsafe(String)
    case unreadable(String)
  }

  package init(source: String, entry: LegacyEntry, archive: ArchiveFact = .none) {
    self.source = source
    self.entry = entry
    self.archive = archive
  }

  package var status: LegacyStatus { entry.status }

  /// It stands in `status.json`, not in a file of its own.
  package var isMember: Bool { entry.isMember }

  /// The same fingerprint, state and moment, so that it does not matter which of the two is taken.
  package func agrees(with other: MigrationCandidate) -> Bool {
    status.state == other.status.state && status.fingerprint == other.status.fingerprint
      && status.updatedAt.milliseconds == other.status.updatedAt.milliseconds
      && status.checksum == other.status.checksum
  }

  /// The newer one, at milliseconds; of equally new ones the completed one, then the failed one, for what ended tells
  /// more than what was interrupted. Equal in both: neither.
  func counts(before other: MigrationCandidate) -> Bool {
    let (mine, theirs) = (status.updatedAt.milliseconds, other.status.updatedAt.milliseconds)
    return mine == theirs ? rank > other.rank : mine > theirs
  }

  /// How much the state weighs between equally new ones.
  private var rank: Int {
    switch status.state {
    case .completed: 2
    case .failed: 1
    case .queued, .running: 0
    }
  }

  /// The bytes of the archive, when they were read.
  var archiveChecksum: Checksum? {
    if case .found(_, let checksum) = archive { checksum } else { nil }
  }
}

extension LegacyEntry {
  /// It stands in `status.json`, not in a file of its own.
  var isMember: Bool { file.path.hasPrefix("status.json#") }
}

extension Timestamp {
  /// Whole milliseconds since the epoch, the later ones dropped: what AppHub's files can tell.
  var milliseconds: Int64 { (microseconds - (microseconds < 0 ? 999 : 0)) / 1000 }
}
