internal import BundleModel
internal import LegacyStore

/// Looks at a directory. Every call blocks: use it off the cooperative pool.
struct DirectoryLook: Sendable {
  let directory: LegacyDirectory
  let settles: Duration
  let archivesEvery: Duration
  let now: @Sendable () -> Timestamp

  /// What is known after another look: only files that are new or others than before are opened.
  func refreshed(_ known: DirectoryFiles) throws(LegacyError) -> DirectoryFiles {
    var files = known
    let began = now()
    let stamps = try directory.stamps()
    var read: [String: DirectoryFiles.File] = [:]
    for (path, stamp) in stamps {
      if let kept = known.files[path], kept.isSettled, kept.stamp == stamp { continue }
      let age = began.since(stamp.modifiedAt)
      let isSettled = age >= settles || age <= .zero - settles
      read[path] = DirectoryFiles.File(stamp: stamp, isSettled: isSettled, statuses: directory.statuses(in: path))
    }
    let gone = known.files.keys.filter { stamps[$0] == nil }
    if !read.isEmpty || !gone.isEmpty { files.apply(read: read, gone: gone, archive: archive) }
    let isDue = known.archivesLooked.map { began.since($0) >= archivesEvery || began < $0 } ?? false
    if isDue {
      let completed = files.rows.values.filter { $0.source.state == .completed && !isThere($0.archive) }
      files.settle(completed.map(\.source.slug), archive)
    }
    if isDue || known.archivesLooked == nil { files.archivesLooked = began }
    return files
  }

  /// The archive of a completed status; nil when it is nowhere, or not to be opened.
  func archive(_ status: LegacyStatus) -> LegacyArchive? {
    guard status.state == .completed else { return nil }
    return if case .found(let archive) = directory.archive(of: status) { archive } else { nil }
  }

  /// Whether an archive is what it was.
  private func isThere(_ archive: LegacyArchive?) -> Bool {
    guard let archive, let stamp = directory.stamp(archive.path) else { return false }
    return stamp.size == archive.size && stamp.modifiedAt == archive.modifiedAt
  }
}
