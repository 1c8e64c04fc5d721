internal import BundleModel
internal import LegacyStore
internal import ProcessControl

/// Which bundles the directories speak of, and where; what they say is read again when its turn comes, so that
/// memory holds names only.
struct MigrationSurvey: Sendable {
  /// One status of one directory.
  struct Place: Sendable {
    let slug: Slug
    /// Position of the directory.
    let source: Int32
    /// Position in `kept`; negative: in the file that is called as the slug is.
    let kept: Int32
  }

  /// By slug, then by directory.
  private(set) var places: [Place] = []
  /// Statuses that no look by their slug would find: members of `status.json`, files of another spelling.
  private(set) var kept: [LegacyEntry] = []
  private(set) var counts: [SourceCount]
  private(set) var findings: [MigrationFinding] = []

  /// Reads all directories to their end. Blocks.
  ///
  /// - Throws: `.failed` when a directory cannot be read, `CancellationError`.
  init(_ sources: [MigrationSource], cancel: CancelFlag, observer: MigrationObserver) throws {
    counts = sources.map { SourceCount($0) }
    var done = 0
    for (index, source) in sources.enumerated() {
      do {
        try source.directory.read { item in
          if cancel.isSet { throw CancellationError() }
          take(item, from: Int32(index))
          done += 1
          if done.isMultiple(of: 100) { observer(MigrationProgress("reading", done: done)) }
        }
      } catch let error as LegacyError {
        throw MigrationError(error)
      }
    }
    places.sort { $0.slug == $1.slug ? ($0.source, $0.kept) < ($1.source, $1.kept) : $0.slug < $1.slug }
  }

  private mutating func take(_ item: LegacyItem, from source: Int32) {
    let index = Int(source)
    switch item {
    case .entry(let entry):
      if entry.isMember { counts[index].members += 1 } else { counts[index].files += 1 }
      if !entry.isMember { counts[index].statusBytes += entry.file.size }
      var place: Int32 = -1
      if entry.isMember || entry.file.path != "status/\(entry.status.slug.text).json" {
        place = Int32(kept.count)
        kept.append(entry)
      }
      places.append(Place(slug: entry.status.slug, source: source, kept: place))
    case .defect(let defect):
      counts[index].defects += 1
      findings.append(MigrationFinding(defect, in: counts[index].source.id))
    }
  }

  /// How many bundles there are.
  var bundles: Int {
    var count = 0
    for (index, place) in places.enumerated() where index == 0 || places[index - 1].slug != place.slug {
      count += 1
    }
    return count
  }
}

extension MigrationFinding {
  /// What a defect is to whoever moves the directory.
  init(_ defect: LegacyDefect, in source: String) {
    let kind: Kind =
      switch defect.kind {
      case .unreadable: .unreadable
      case .unsafeName: .unsafePath
      case .collision: .duplicate
      default: .invalid
      }
    self.init(
      kind: kind, source: source, path: defect.path, slug: defect.slug,
      reason: UntrustedText.line("\(defect.kind.rawValue): \(defect.reason); it is not taken", limit: 500))
  }
}
