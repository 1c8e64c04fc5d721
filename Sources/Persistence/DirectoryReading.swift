internal import ArtifactStorage
package import BundleModel
package import LegacyStore
internal import ProcessControl

/// The statuses in a pod's directory: a file is read once and kept until it is another one, so that asking again
/// costs one look at each.
package actor DirectoryReading {
  /// What is different since an earlier reading.
  package struct Changes: Equatable, Sendable {
    /// All of it, and not what changed.
    package var isWhole: Bool
    package var changed: [BundleStatus]
    package var removed: [Slug]
    /// Names this reading.
    package var number: Int
  }

  package let directory: LegacyDirectory
  /// The directory as a store whose keys are paths below it: for reading alone.
  let archives: LocalArtifactStore
  private let look: DirectoryLook
  private let looking = SharedReading<Int>()
  private var files = DirectoryFiles()

  /// - Parameters:
  ///   - settles: how old a file must be until it cannot have changed again within one tick of its clock.
  ///   - archivesEvery: how often it is looked whether archives are still there.
  package init(
    _ directory: LegacyDirectory, settles: Duration = .milliseconds(100), archivesEvery: Duration = .seconds(5),
    now: @escaping @Sendable () -> Timestamp = ThisProcess.now
  ) {
    self.directory = directory
    // It signs no links.
    archives = LocalArtifactStore(root: directory.path, signingSecret: Secret([]))
    look = DirectoryLook(directory: directory, settles: settles, archivesEvery: archivesEvery, now: now)
  }

  /// What is in the directory now, as far as it is not known since `number`.
  ///
  /// - Parameter number: of an earlier reading; nil: everything.
  /// - Throws: `LegacyError` when the directory cannot be read.
  package func changes(since number: Int?) async throws -> Changes {
    try await refresh()
    return files.changes(since: number)
  }

  /// Every bundle, or those named, newest change first.
  ///
  /// - Throws: `LegacyError` when the directory cannot be read.
  package func statuses(of slugs: [Slug]? = nil) async throws -> [BundleStatus] {
    var found: [BundleStatus] = []
    if let slugs, slugs.count <= Self.few {
      for slug in Set(slugs) {
        if let (source, archive) = try await one(slug) { found.append(BundleStatus(source, archive: archive)) }
      }
    } else {
      try await refresh()
      found = slugs.map { Set($0).compactMap { files.rows[$0]?.status } } ?? files.rows.values.map(\.status)
    }
    return found.sorted { $0.updatedAt == $1.updatedAt ? $0.slug < $1.slug : $0.updatedAt > $1.updatedAt }
  }

  /// So many files are read rather than the whole folder is looked through.
  private static let few = 16

  /// What the directory says of one bundle.
  func one(_ slug: Slug) async throws -> (source: LegacyStatus, archive: LegacyArchive?)? {
    let (directory, look) = (directory, look)
    let found = try await DetachedThread.value { () throws(LegacyError) -> (LegacyStatus, LegacyArchive?)? in
      guard case .entry(let entry)? = try directory.entry(slug: slug) else { return nil }
      return (entry.status, look.archive(entry.status))
    }
    if let found { return found }
    // In a file of another spelling, or in the older map; or nowhere.
    try await refresh()
    return files.rows[slug].map { ($0.source, $0.archive) }
  }

  /// How often status files were opened: each at least once.
  package var readings: Int { files.readings }

  private func refresh() async throws {
    _ = try await looking.value { try await self.turn() }
  }

  private func turn() async throws -> Int {
    let (look, known) = (look, files)
    files = try await DetachedThread.value { () throws(LegacyError) in try look.refreshed(known) }
    return files.number
  }
}
