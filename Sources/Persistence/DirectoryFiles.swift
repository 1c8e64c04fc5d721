internal import BundleModel
internal import LegacyStore

/// What is known of the files of a directory, and what they say of bundles.
struct DirectoryFiles: Sendable {
  /// A file as it was read.
  struct File: Sendable {
    var stamp: LegacyStamp
    /// It cannot have changed since without another stamp.
    var isSettled: Bool
    /// What it says: one status, or those of the older map; none where it is damaged.
    var statuses: [LegacyStatus]
  }

  /// A bundle as it is served.
  struct Row: Sendable {
    var status: BundleStatus
    /// The file that says it, and as what it says it.
    var source: LegacyStatus
    var archive: LegacyArchive?
    /// The reading in which it became so.
    var number: Int
  }

  /// By path below the directory.
  var files: [String: File] = [:]
  private(set) var rows: [Slug: Row] = [:]
  /// Bundles that were there, and the reading in which they went.
  private var removed: [Slug: Int] = [:]
  /// Where a slug is said: more than one path when names differ by case or blanks only, or in the older map.
  private var places: [Slug: Set<String>] = [:]
  /// Counts the readings that found something different.
  private(set) var number = 0
  var readings = 0
  var archivesLooked: Timestamp?

  /// What is different since a reading; everything when that was none of these.
  func changes(since earlier: Int?) -> DirectoryReading.Changes {
    guard let earlier, earlier <= number else {
      return .init(isWhole: true, changed: rows.values.map(\.status), removed: [], number: number)
    }
    guard earlier < number else { return .init(isWhole: false, changed: [], removed: [], number: number) }
    return .init(
      isWhole: false, changed: rows.values.filter { $0.number > earlier }.map(\.status),
      removed: removed.filter { $0.value > earlier }.map(\.key), number: number)
  }

  /// Takes over files that were read and forgets those that are gone.
  ///
  /// - Parameters:
  ///   - archive: looks for the archive of a status.
  mutating func apply(
    read: [String: File], gone: [String], archive: (LegacyStatus) -> LegacyArchive?
  ) {
    var touched: Set<Slug> = []
    func forget(_ path: String) {
      for status in files[path]?.statuses ?? [] {
        places[status.slug]?.remove(path)
        touched.insert(status.slug)
      }
    }
    for path in gone {
      forget(path)
      files[path] = nil
    }
    for (path, file) in read {
      forget(path)
      files[path] = file
      for status in file.statuses {
        places[status.slug, default: []].insert(path)
        touched.insert(status.slug)
      }
    }
    readings += read.count
    settle(touched, archive)
  }

  /// Looks for the archives of these bundles, or of all, anew.
  mutating func settle(_ slugs: some Collection<Slug>, _ archive: (LegacyStatus) -> LegacyArchive?) {
    let now = number + 1
    for slug in slugs {
      guard let source = winner(slug) else {
        places[slug] = nil
        if rows.removeValue(forKey: slug) != nil {
          removed[slug] = now
          number = now
        }
        continue
      }
      let found = archive(source)
      if let row = rows[slug], row.source == source, row.archive == found { continue }
      rows[slug] = Row(
        status: BundleStatus(source, archive: found), source: source, archive: found, number: now)
      removed[slug] = nil
      number = now
    }
  }

  /// A file of its own wins over the older map; where names differ by case or blanks only, the newest counts, of
  /// equals the one that is completed, then the first by name: as `LegacyDirectory.read` decides.
  private func winner(_ slug: Slug) -> LegacyStatus? {
    guard let paths = places[slug], let first = paths.first else { return nil }
    let own = paths.filter { $0 != LegacyDirectory.map }
    guard paths.count > 1, !own.isEmpty else { return status(slug, in: first) }
    return own.compactMap { path in status(slug, in: path).map { (path, $0) } }.max { a, b in
      let ranks = (Self.rank(a.1), Self.rank(b.1))
      return ranks.0 == ranks.1 ? a.0.utf8.lexicographicallyPrecedes(b.0.utf8) == false : ranks.0 < ranks.1
    }?.1
  }

  private func status(_ slug: Slug, in path: String) -> LegacyStatus? {
    files[path]?.statuses.first { $0.slug == slug }
  }

  private static func rank(_ status: LegacyStatus) -> Rank {
    Rank(updatedAt: status.updatedAt, isCompleted: status.state == .completed)
  }

  private struct Rank: Comparable {
    var updatedAt: Timestamp
    var isCompleted: Bool

    static func < (a: Rank, b: Rank) -> Bool {
      a.updatedAt == b.updatedAt ? !a.isCompleted && b.isCompleted : a.updatedAt < b.updatedAt
    }
  }
}
