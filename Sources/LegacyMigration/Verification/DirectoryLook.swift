internal import BundleModel
internal import BundleStore
internal import LegacyStore
internal import ProcessControl

/// One directory read through and held against rows. Blocks on the file system.
struct DirectoryLook {
  let directory: MigrationSource
  let truth: TruthIndex
  /// By path.
  let journal: [String: JournalEntry]
  /// Hash archives also where the journal knows one of this size and time.
  let deep: Bool
  let cancelled: CancelFlag
  let progress: @Sendable (Int) -> Void

  /// One status, and what came of it.
  struct Found: Sendable {
    var file: LegacyFile
    var slug: Slug
    var fingerprint: Fingerprint
    /// All that the file says, as long as it differs: it is looked at again.
    var suspect: LegacyEntry?
    var archive: LegacyFile?
    var verdict: StatusComparison.Verdict
    var isArchiveStored: Bool
    /// The artifact of the file's own fingerprint, and the key of its object.
    var artifact: (id: String, storageKey: String)?
    /// Why the archive stays behind; nil when it does not, or there is none.
    var archiveQuarantine: String?
    /// Bytes that were hashed.
    var bytesRead: Int64
  }

  struct Result: Sendable {
    var found: [Found] = []
    var defects: [LegacyDefect] = []
  }

  func read() throws -> Result {
    var result = Result()
    var files: Set<Slug> = []
    var count = 0
    try directory.directory.read { item in
      if cancelled.isSet { throw CancellationError() }
      switch item {
      case .defect(let defect): result.defects.append(defect)
      case .entry(let entry):
        let isMember = entry.file.isMember
        if !isMember { files.insert(entry.status.slug) }
        // A file of its own wins over the older map; files come first.
        result.found.append(look(entry, isShadowed: isMember && files.contains(entry.status.slug)))
      }
      count += 1
      progress(count)
    }
    return result
  }

  func look(_ entry: LegacyEntry, isShadowed: Bool = false) -> Found {
    let status = entry.status
    var bytesRead: Int64 = 0
    let archive = archive(of: status, &bytesRead)
    let row = truth.rows[status.slug]
    let comparison = StatusComparison(
      entry: entry, archive: archive, row: row, isActive: truth.active.contains(status.slug),
      artifact: truth.artifact(of: status.slug, status.fingerprint), journal: journal[entry.file.path],
      archiveJournal: archive.file.flatMap { journal[$0.path] })
    var verdict = comparison.verdict
    // The file beside it is what was moved.
    if isShadowed, row != nil { verdict = .superseded }
    let isSuspect = if case .differs = verdict { true } else { false }
    return Found(
      file: entry.file, slug: status.slug, fingerprint: status.fingerprint, suspect: isSuspect ? entry : nil,
      archive: archive.file, verdict: verdict, isArchiveStored: comparison.isArchiveStored,
      artifact: comparison.artifact.map { ($0.id, $0.storageKey) },
      archiveQuarantine: comparison.archiveQuarantine, bytesRead: bytesRead)
  }

  private func archive(of status: LegacyStatus, _ bytesRead: inout Int64) -> ArchiveOnDisk {
    guard status.state == .completed else { return .none }
    switch directory.directory.archive(of: status) {
    case .missing: return .missing
    case .unsafe(let reason), .unreadable(let reason): return .unusable(reason)
    case .found(let archive):
      if !deep, let known = journal[archive.path], known.isSame(size: archive.size, modifiedAt: archive.modifiedAt),
        let checksum = known.checksum
      {
        return .found(archive.file(checksum))
      }
      do throws(LegacyError) {
        let open = try directory.directory.open(archive)
        let checksum = try open.checksum()
        bytesRead += archive.size
        return .found(archive.file(checksum))
      } catch {
        return .unusable(error.message)
      }
    }
  }
}

extension LegacyArchive {
  /// The file that it is.
  func file(_ checksum: Checksum) -> LegacyFile {
    LegacyFile(path: path, size: size, modifiedAt: modifiedAt, checksum: checksum)
  }
}

extension LegacyFile {
  /// What the older map is called.
  static let map = "status.json"

  /// A status of the older map, not of a file of its own.
  var isMember: Bool { path.hasPrefix(Self.map + "#") }
}
