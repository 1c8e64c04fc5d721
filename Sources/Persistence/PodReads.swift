package import ArtifactStorage
package import BundleModel
package import BundleStore
internal import LegacyStore

/// What a pod answers with: rows of the database, or files of its own directory while those are what is read.
///
/// In `dual` a directory that cannot be read stops nobody: the database has everything, and the answer says which
/// side it is from.
package struct PodReads: Sendable {
  package let store: BundleStore
  /// Nil: the database is read whatever anybody says.
  package let directory: DirectoryReading?
  private let mode: PersistenceMode
  private let point: ReadSwitch
  /// Nil where nobody fills the directory from the database.
  private let trust: DirectoryTrust?

  /// The database alone.
  package init(_ store: BundleStore) {
    self.store = store
    directory = nil
    mode = .database
    trust = nil
    point = ReadSwitch(mode: .database, every: store.settings.pollEvery) { () throws(StoreError) in
      ReadPoint(side: .database)
    }
  }

  /// By mode, and in `dual` by what the database says within one poll.
  ///
  /// - Parameter owner: of the pod that reads.
  package init(_ store: BundleStore, mode: PersistenceMode, directory: DirectoryReading, owner: OwnerID) {
    self.store = store
    self.mode = mode
    self.directory = mode == .database ? nil : directory
    trust = mode == .dual ? DirectoryTrust(directory.directory) : nil
    let every = store.settings.pollEvery
    point = ReadSwitch(mode: mode, every: every) { () throws(StoreError) in
      try await store.readPoint(of: owner, deadline: max(every, .seconds(1)))
    }
  }

  /// Where to read; the directory only where there is one.
  ///
  /// - Parameter isFresh: see `ReadSwitch.point`.
  package func point(isFresh: Bool = false) async throws(StoreError) -> ReadPoint {
    try await point.point(isFresh: isFresh)
  }

  /// Runs `directory` or `database`, whichever is read now; the latter also where the directory cannot be read and
  /// the database has the same.
  package func read<Value: Sendable>(
    directory inDirectory: (DirectoryReading) async throws -> Value,
    database inDatabase: () async throws -> Value
  ) async throws -> Value {
    guard let directory, case let known = try await point(), known.side == .directory else {
      return try await inDatabase()
    }
    if let trust, await !trust.believes(known, fresh: { () throws(StoreError) in try await point(isFresh: true) }) {
      return try await inDatabase()
    }
    do {
      return try await inDirectory(directory)
    } catch let error as LegacyError {
      guard mode == .dual else { throw error }
      return try await inDatabase()
    }
  }

  /// Those named, newest change first.
  package func statuses(of slugs: [Slug]) async throws -> [BundleStatus] {
    try await read(
      directory: { try await $0.statuses(of: slugs) }, database: { try await store.statuses(of: slugs) })
  }

  /// Those named after something was asked of them, which the database knows first: of each the newer status.
  package func newest(of slugs: [Slug]) async throws -> [Slug: BundleStatus] {
    var newest = Dictionary(try await store.statuses(of: slugs).map { ($0.slug, $0) }) { first, _ in first }
    let files = try await read(directory: { try await $0.statuses(of: slugs) }, database: { [] })
    for status in files {
      // Files know milliseconds.
      if let row = newest[status.slug], row.updatedAt >= status.updatedAt { continue }
      newest[status.slug] = status
    }
    return newest
  }

  /// What the pod keeps of a bundle that has no row, where rows only mirror jobs; nil where they are everything.
  @Sendable package func kept(_ slug: Slug) async -> BundleStatus? {
    guard mode == .filesystem, let directory else { return nil }
    // Whoever is told that the bundle is gone reads the list, which says what is wrong with the directory.
    return try? await directory.statuses(of: [slug]).first
  }

  /// Where the archive of a slug and a fingerprint is; nil when there is none.
  package func archive(of slug: Slug, fingerprint: Fingerprint) async throws -> ArchiveSource? {
    let ofStatus = try await read(
      directory: { directory -> ArchiveSource? in
        try await directory.archive(of: slug, fingerprint: fingerprint)
      }, database: { nil })
    if let ofStatus { return ofStatus }
    if mode != .filesystem, let row = try await store.artifact(of: slug, fingerprint: fingerprint) {
      return ArchiveSource(artifact: row, file: nil)
    }
    return try await read(
      directory: { directory -> ArchiveSource? in
        try await directory.keptArchive(of: slug, fingerprint: fingerprint)
      }, database: { nil })
  }

  /// The artifact that a person means who names only the bundle; nil when it has none.
  package func latestArtifact(of slug: Slug) async throws -> Artifact? {
    if mode != .filesystem { return try await store.latestArtifact(of: slug) }
    return try await statuses(of: [slug]).first?.artifact
  }
}

/// Where the bytes of an artifact come from.
package struct ArchiveSource: Sendable {
  package var artifact: Artifact
  /// Its file in the pod's directory; nil: it is in the store of archives.
  package var file: FileArchive?
}

/// An archive in a pod's directory, read through no link that anybody planted.
package struct FileArchive: Sendable {
  /// The directory as a store, whose keys are paths below it.
  package var store: LocalArtifactStore
  package var path: String
}
