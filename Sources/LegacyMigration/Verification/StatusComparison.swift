package import BundleModel
package import BundleStore
package import LegacyStore

/// What is on disk of the archive that a completed status names.
package enum ArchiveOnDisk: Equatable, Sendable {
  /// The status is not completed.
  case none
  case missing
  /// It may not, or cannot, be read: why.
  case unusable(String)
  case found(LegacyFile)

  /// The file, if there is one.
  package var file: LegacyFile? { if case .found(let file) = self { file } else { nil } }
}

/// One status file beside what the database says of its bundle: values go in, a verdict comes out.
package struct StatusComparison: Sendable {
  package var entry: LegacyEntry
  package var archive: ArchiveOnDisk
  /// The bundle's row; nil when there is none.
  package var row: BundleStatus?
  /// A job of the bundle is queued or at work.
  package var isActive: Bool
  /// The artifact of the file's own fingerprint, whatever the row shows.
  package var artifact: Artifact?
  /// What the journal says of the status, if it is of the file as it is now.
  package var journal: JournalEntry?
  /// The same of the archive.
  package var archiveJournal: JournalEntry?

  package init(
    entry: LegacyEntry, archive: ArchiveOnDisk, row: BundleStatus?, isActive: Bool = false,
    artifact: Artifact? = nil, journal: JournalEntry? = nil, archiveJournal: JournalEntry? = nil
  ) {
    self.entry = entry
    self.archive = archive
    self.row = row
    self.isActive = isActive
    self.artifact = artifact
    self.journal = journal.flatMap { $0.checksum == entry.file.checksum ? $0 : nil }
    self.archiveJournal = archiveJournal.flatMap { $0.checksum == archive.file?.checksum ? $0 : nil }
  }

  package enum Verdict: Equatable, Sendable {
    /// The row says what the file says.
    case same
    /// The database has something newer, or is at work: the file is past.
    case superseded
    /// It could not be taken, and was put on the list of what stays behind.
    case quarantined(String)
    case differs(MigrationDifference.Kind, String)
  }

  /// What to say of the status.
  package var verdict: Verdict {
    guard let row else {
      if let reason = quarantine { return .quarantined(reason) }
      if journal?.outcome == .superseded {
        return .quarantined("what counts of it, in another directory, could not be taken")
      }
      return .differs(.missingRow, "the database does not know it")
    }
    let said = entry.status.updatedAt.milliseconds
    let known = row.updatedAt.milliseconds
    if known > said || isActive { return .superseded }
    if known < said {
      // What an attempt of ours wrote stands, whatever a file says.
      if row.attempt != nil { return .superseded }
      if let reason = quarantine { return .quarantined(reason) }
      return .differs(
        .olderRow, "the file is of \(entry.status.updatedAt.iso8601), the row of \(row.updatedAt.iso8601)")
    }
    guard let difference = difference(row) else { return .same }
    if let reason = quarantine { return .quarantined(reason) }
    // Two files of one moment: only one of them can be the row.
    if journal?.outcome == .superseded { return .superseded }
    if difference.kind == .otherArchive, archiveJournal?.outcome == .superseded { return .superseded }
    return .differs(difference.kind, difference.reason)
  }

  /// Whether the object store has the archive, as far as its row tells.
  package var isArchiveStored: Bool {
    guard let file = archive.file, let artifact else { return false }
    return Checksum(hex: artifact.checksum) == file.checksum
  }

  /// Why the archive stays behind; nil when there is none, or it does not.
  package var archiveQuarantine: String? {
    switch archive {
    case .none, .missing: return nil
    case .unusable(let reason):
      // Where the row has its artifact from elsewhere, nothing is missing.
      return row?.state == .completed && row?.artifact != nil ? nil : reason
    case .found:
      return archiveJournal.flatMap { $0.outcome == .quarantined ? $0.reason ?? "it could not be taken" : nil }
    }
  }

  private var quarantine: String? {
    journal.flatMap { $0.outcome == .quarantined ? $0.reason ?? "it could not be taken" : nil }
  }

  // MARK: - Of the same moment

  private func difference(_ row: BundleStatus) -> (kind: MigrationDifference.Kind, reason: String)? {
    let status = entry.status
    if row.fingerprint != status.fingerprint {
      return (.otherFields, "fingerprint: the file says \(status.fingerprint), the row \(row.fingerprint)")
    }
    switch (status.state, row.state) {
    case (.completed, .completed): return completed(row)
    case (.completed, .failed):
      // What a row shows instead of an archive that could not be taken.
      if case .found = archive, archiveJournal?.outcome != .quarantined { break }
      return row.error == nil ? (.otherFields, "the row has failed and does not say why") : nil
    case (.running, .failed), (.queued, .failed):
      if row.error?.hasPrefix(MigrationDecision.interrupted) == true { return nil }
    case (.failed, .failed):
      return other("error", status.error, row.error, unless: status.error == nil)
        ?? other("message", status.message, row.message)
    case (.queued, .queued), (.running, .running): return nil
    default: break
    }
    return (.otherFields, "state: the file says \(status.state.rawValue), the row \(row.state.rawValue)")
  }

  private func completed(_ row: BundleStatus) -> (kind: MigrationDifference.Kind, reason: String)? {
    let status = entry.status
    guard let published = row.artifact else { return (.noArtifact, "the row is completed and names no artifact") }
    if let file = archive.file, Checksum(hex: published.checksum) != file.checksum {
      return (.otherArchive, "\(file.path) has the SHA-256 \(file.checksum.hex), stored is \(published.checksum)")
    }
    // Files may lack what the archive told.
    return other("version", status.version, row.version, unless: status.version == nil)
      ?? other("checksum", status.checksum, row.checksum, unless: status.checksum == nil || archive.file != nil)
      ?? other("filename", status.filename, row.filename, unless: status.filename == nil)
      ?? other("message", status.message, row.message)
  }

  /// Text is compared as the database keeps it: without what would harm a terminal.
  private func other(_ name: String, _ file: String?, _ row: String?, unless isFine: Bool = false)
    -> (kind: MigrationDifference.Kind, reason: String)?
  {
    guard !isFine, file.map({ UntrustedText.block($0) }) != row.map({ UntrustedText.block($0) }) else { return nil }
    return (.otherFields, "\(name): the file says \(file ?? "nothing"), the row \(row ?? "nothing")")
  }
}
