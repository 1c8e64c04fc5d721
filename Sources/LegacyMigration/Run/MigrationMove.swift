internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import LegacyStore

extension MigrationCandidate {
  /// A row of the journal for its status file.
  func journalEntry(_ outcome: JournalEntry.Outcome = .taken, _ reason: String? = nil) -> JournalEntry {
    let file = entry.file
    return JournalEntry(
      source: source, path: file.path, kind: .status, size: file.size, modifiedAt: file.modifiedAt,
      checksum: file.checksum, slug: status.slug, fingerprint: status.fingerprint, outcome: outcome, reason: reason)
  }

  /// The row as it becomes `failed`: version, checksum and file belong to completed rows alone.
  func failedRow(_ error: String?) -> BundleStatus {
    BundleStatus(
      slug: status.slug, fingerprint: status.fingerprint, stage: .failed, jobID: status.jobID, error: error,
      message: status.message, createdAt: status.createdAt, updatedAt: status.updatedAt)
  }
}

/// A completed status with an archive that has the bytes that the status recorded.
struct SoundCompletion: Sendable {
  let candidate: MigrationCandidate
  let archive: LegacyArchive
  let checksum: Checksum

  /// Nil when it is not completed, has no archive, or one with other bytes.
  init?(_ candidate: MigrationCandidate) {
    guard candidate.status.state == .completed, case .found(let archive, let checksum) = candidate.archive,
      candidate.status.checksum == nil || candidate.status.checksum == checksum.hex
    else { return nil }
    self.candidate = candidate
    self.archive = archive
    self.checksum = checksum
  }

  private var status: LegacyStatus { candidate.status }

  /// What the status calls the archive, else what the file is called.
  var filename: String? { status.filename ?? archive.path.split(separator: "/").last.map(String.init) }

  /// As AppHub has it.
  var contentType: String {
    let name = archive.path.lowercased()
    return name.hasSuffix(".tgz") || name.hasSuffix(".tar.gz") ? "application/gzip" : "application/octet-stream"
  }

  /// The keys under which it may be stored, in the order of preference: the contract's, and if that holds other bytes,
  /// one that names these.
  ///
  /// - Parameter known: where the database or the journal says that it is.
  func keys(in artifacts: any ArtifactStore, known: String?) -> [String] {
    let keys = [
      known,
      ArtifactKey.legacy(
        prefix: artifacts.prefix, slug: status.slug, fingerprint: status.fingerprint, filename: filename),
      artifacts.key(slug: status.slug, fingerprint: status.fingerprint, checksum: checksum, filename: filename),
    ].compactMap(\.self)
    return keys.enumerated().filter { keys[..<$0.offset].contains($0.element) == false }.map(\.element)
  }

  /// The row and its artifact, with times as they were.
  func wanted(key: String, in artifacts: any ArtifactStore) -> StatusImport {
    let artifact = Artifact(
      id: "", slug: status.slug, fingerprint: status.fingerprint, version: status.version, checksum: checksum.hex,
      filename: filename, storageKind: artifacts.kind, storageKey: key, storageURL: artifacts.storageURL(key),
      contentType: contentType, size: archive.size, jobID: status.jobID, uploadedAt: status.updatedAt,
      createdAt: status.updatedAt)
    let row = BundleStatus(
      slug: status.slug, fingerprint: status.fingerprint, stage: .completed, jobID: status.jobID,
      version: status.version, checksum: checksum.hex, filename: filename, cached: status.cached,
      message: status.message, createdAt: status.createdAt, updatedAt: status.updatedAt,
      completedAt: status.updatedAt, artifact: artifact)
    return StatusImport(status: row, file: candidate.journalEntry(), archive: journalEntry(.taken, nil))
  }

  /// A row of the journal for its archive.
  func journalEntry(_ outcome: JournalEntry.Outcome, _ reason: String?) -> JournalEntry {
    JournalEntry(
      source: candidate.source, path: archive.path, kind: .archive, size: archive.size,
      modifiedAt: archive.modifiedAt, checksum: checksum, slug: status.slug, fingerprint: status.fingerprint,
      outcome: outcome, reason: reason)
  }
}
