internal import ArtifactStorage
internal import BundleModel
internal import LegacyStore
internal import ProcessControl
internal import Synchronization

/// Brings the files of one directory to what rows of the database say. Several tasks may use it at once, each for
/// bundles of its own. Nothing is ever deleted, and nothing older is written over something newer.
final class DirectoryWriter: Sendable {
  /// What became of one bundle.
  enum Outcome: Equatable, Sendable {
    /// Nothing was to do.
    case same
    /// Its status or its archive was written.
    case written(archive: Bool)
    /// Its file was kept under another name, for its row was deleted.
    case aside
    /// Its file is newer than its row.
    case left
  }

  private struct State {
    /// Of each bundle that has a status in another place than its own file: when the newest of them is from.
    var elsewhere: [Slug: Timestamp] = [:]
    /// Whose file is newer than the row.
    var left: Set<Slug> = []
    /// The archives whose bytes were compared, as they were then.
    var proved: [Slug: Proof] = [:]
  }

  private struct Proof: Equatable {
    var archive: LegacyArchive
    var checksum: String
  }

  let directory: LegacyDirectory
  let artifacts: any ArtifactStore
  private let state = Mutex(State())

  init(directory: LegacyDirectory, artifacts: any ArtifactStore) {
    (self.directory, self.artifacts) = (directory, artifacts)
  }

  // MARK: - All at once

  /// Reads the whole directory and keeps a few bytes of each status.
  func survey() async throws(LegacyError) -> HeldStatuses {
    try await DetachedThread.value { [self] () throws(LegacyError) in
      let held = try HeldStatuses(of: directory)
      state.withLock { $0.elsewhere = held.elsewhere }
      return held
    }
  }

  /// Those of some rows that the directory does not hold.
  ///
  /// Archives count as held when their size and time are those of the row; other ones are compared by `apply`.
  func differing(_ rows: [BundleStatus], from held: HeldStatuses) async -> [BundleStatus] {
    await DetachedThread.value { [self] in
      rows.filter { !held.holds(LegacyStatus($0)) || !holdsArchive(of: $0) }
    }
  }

  private func elsewhere(_ slug: Slug) -> Timestamp? { state.withLock { $0.elsewhere[slug] } }

  // MARK: - One bundle

  /// Brings a bundle's archive and then its status to what its row says, so that nobody who reads the directory sees
  /// `completed` without an archive.
  ///
  /// - Throws: `LegacyError`, `StorageError`.
  func apply(_ row: BundleStatus) async throws -> Outcome {
    let status = LegacyStatus(row)
    let action = try await decide(row.slug, status)
    state.withLock { state in
      if action == .leave { state.left.insert(row.slug) } else { state.left.remove(row.slug) }
    }
    switch action {
    case .leave: return .left
    case .refuse:
      throw LegacyError(.file, "status/\(row.slug.text).json cannot be read, so it may be newer than the database")
    case .nothing, .write, .replace, .setAside: break
    }
    let isArchived = try await copyArchive(of: row)
    guard action != .nothing else { return isArchived ? .written(archive: true) : .same }
    try await DetachedThread.value { [directory] () throws(LegacyError) in
      if action == .replace { try directory.setAside(slug: status.slug) }
      try directory.write(status)
    }
    return .written(archive: isArchived)
  }

  /// Keeps the file of a bundle whose row was deleted under another name.
  func remove(_ slug: Slug) async throws -> Outcome {
    guard !state.withLock({ $0.left.contains(slug) }), try await decide(slug, nil) == .setAside else {
      return .same
    }
    _ = try await DetachedThread.value { [directory] () throws(LegacyError) in try directory.setAside(slug: slug) }
    return .aside
  }

  private func decide(_ slug: Slug, _ row: LegacyStatus?) async throws(LegacyError) -> FollowAction {
    let file = try await DetachedThread.value { [directory] () throws(LegacyError) -> FileSeen in
      switch try directory.entry(slug: slug) {
      case nil: .absent
      case .entry(let entry): .status(entry.status)
      case .defect(let defect): .damaged(defect.kind)
      }
    }
    return FollowAction.deciding(row: row, file: file, elsewhere: elsewhere(slug))
  }

  // MARK: - Archives

  /// True when it was copied.
  private func copyArchive(of row: BundleStatus) async throws -> Bool {
    guard row.state == .completed, let artifact = row.artifact else { return false }
    let isHeld = try await DetachedThread.value { [self] in
      if holdsArchive(of: row) { return true }
      return try proveArchive(of: row)
    }
    guard !isHeld else { return false }
    return try await ArchiveCopy(artifact: artifact, filename: row.filename, from: artifacts, to: directory).run()
  }

  /// Whether the archive of a completed row is there, as far as its size and time tell: they are ours where we wrote
  /// it. True for other rows. Blocks.
  private func holdsArchive(of row: BundleStatus) -> Bool {
    guard row.state == .completed, let artifact = row.artifact else { return true }
    guard case .found(let archive) = directory.archive(of: LegacyStatus(row)), archive.size == artifact.size else {
      return false
    }
    return archive.modifiedAt == artifact.uploadedAt
      || state.withLock { $0.proved[row.slug] } == Proof(archive: archive, checksum: artifact.checksum)
  }

  /// Whether the bytes of the archive are the row's. Blocks for as long as reading them takes.
  private func proveArchive(of row: BundleStatus) throws(LegacyError) -> Bool {
    guard let artifact = row.artifact, let checksum = Checksum(hex: artifact.checksum),
      case .found(let archive) = directory.archive(of: LegacyStatus(row)), archive.size == artifact.size,
      try directory.open(archive).checksum() == checksum
    else { return false }
    state.withLock { $0.proved[row.slug] = Proof(archive: archive, checksum: artifact.checksum) }
    return true
  }
}
