internal import BundleModel
package import BundleStore

/// How far the move is, and what comes next.
package enum RolloutStage: String, CaseIterable, Sendable {
  /// No directory is known: nothing to move, or nobody has looked.
  case nothing
  /// Directories are known and not all were run.
  case toRun = "to run"
  /// All were run; not all were verified, or verify found differences.
  case toVerify = "to verify"
  /// All agree; pods still read from directories.
  case toCutOver = "to cut over"
  /// Reads come from the database, pods still write to both.
  case cutOver = "cut over"
  /// No pod keeps a directory any more; files may be removed.
  case toClean = "to clean"
  /// The last step was taken everywhere.
  case done

  package init(_ facts: RolloutFacts) {
    let live = facts.pods.filter(\.isLive)
    let sources = facts.sources
    if facts.reads == .database {
      if live.contains(where: { $0.mode != PersistenceMode.database.rawValue }) {
        self = .cutOver
      } else {
        let isClean =
          sources.allSatisfy { $0.cleanedAt != nil || $0.isCopy } && live.allSatisfy { $0.unmigrated ?? 0 == 0 }
        self = isClean ? .done : .toClean
      }
      return
    }
    if sources.isEmpty, live.allSatisfy({ $0.source == nil }) {
      self = .nothing
    } else if RolloutDecision.refusals(of: .cutover, facts, acceptsQuarantine: true).isEmpty {
      self = .toCutOver
    } else if sources.contains(where: { $0.ranAt == nil && $0.verifiedAt == nil })
      || live.contains(where: { $0.unmigrated ?? 0 > 0 })
    {
      self = .toRun
    } else {
      self = .toVerify
    }
  }

  /// What a person does next, in one line.
  package var next: String {
    switch self {
    case .nothing: "`bundletop migrate plan --legacy-dir DIR` looks at an old directory"
    case .toRun: "`bundletop migrate run` for each directory"
    case .toVerify: "`bundletop migrate verify` for each directory"
    case .toCutOver: "`bundletop migrate cutover` lets all pods read from the database"
    case .cutOver:
      "start the pods again with APPHUB_BUNDLE_PERSISTENCE=database; `bundletop migrate cutback` is the way back"
    case .toClean: "`bundletop migrate verify`, then `bundletop migrate clean` for each directory"
    case .done: "nothing is left to do"
    }
  }
}
