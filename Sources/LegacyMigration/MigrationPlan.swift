package import BundleModel
internal import LegacyStore

/// What would become of everything that directories hold: what `migrate plan` tells.
package struct MigrationPlan: Equatable, Sendable {
  package var sources: [SourceCount]
  package var outcomes = Outcomes()
  /// By directory, in the order in which they were named, then by slug and path.
  package var findings: [MigrationFinding] = []

  /// Bundles by what becomes of them; together they are all bundles of which any directory has a status.
  package struct Outcomes: Equatable, Sendable {
    /// Rows as the files say.
    package var taken = 0
    /// Rows that become `failed`: their archive is missing, or they were interrupted.
    package var failed = 0
    package var requeued = 0
    /// The database says the same already.
    package var known = 0
    /// The database has something newer, or at work.
    package var kept = 0
    package var quarantined = 0

    package init() {}

    package var bundles: Int { taken + failed + requeued + known + kept + quarantined }

    package mutating func count(_ verdict: MigrationDecision.Verdict) {
      switch verdict {
      case .take: taken += 1
      case .fail: failed += 1
      case .requeue: requeued += 1
      case .known: known += 1
      case .keep: kept += 1
      case .quarantine: quarantined += 1
      }
    }
  }

  package init(sources: [SourceCount]) { self.sources = sources }

  /// How many findings there are of each kind, in the order of `MigrationFinding.Kind`; only those that there are.
  package var kinds: [(kind: MigrationFinding.Kind, count: Int)] {
    var counts: [MigrationFinding.Kind: Int] = [:]
    for finding in findings { counts[finding.kind, default: 0] += 1 }
    return MigrationFinding.Kind.allCases.compactMap { kind in counts[kind].map { (kind, $0) } }
  }

  /// Puts the findings in order.
  mutating func sortFindings() {
    var order: [String: Int] = [:]
    for (index, source) in sources.enumerated() { order[source.source.id] = index }
    findings.sort { a, b in
      let (first, second) = (order[a.source] ?? .max, order[b.source] ?? .max)
      if first != second { return first < second }
      let (left, right) = (a.slug?.text ?? "", b.slug?.text ?? "")
      if left != right { return left.utf8.lexicographicallyPrecedes(right.utf8) }
      return (a.path ?? "").utf8.lexicographicallyPrecedes((b.path ?? "").utf8)
    }
  }
}

/// What one directory holds.
package struct SourceCount: Equatable, Sendable {
  package var source: MigrationSource
  /// Statuses in files of their own, and in the older `status.json`.
  package var files = 0
  package var members = 0
  /// What is no status, or could not be read.
  package var defects = 0
  package var states: [BundleState: Int] = [:]
  /// Bytes of the status files.
  package var statusBytes: Int64 = 0
  /// Archives of completed statuses, by the place (contract section 6: 1 to 5) in which they were found.
  package var archives: [Int: Int] = [:]
  package var archiveBytes: Int64 = 0
  /// Completed statuses whose archive is nowhere, was not to be opened, or could not be read.
  package var archivesMissing = 0
  package var archivesUnsafe = 0
  package var archivesUnreadable = 0

  package init(_ source: MigrationSource) { self.source = source }

  /// Archives that were found, wherever.
  package var archivesFound: Int { archives.values.reduce(0, +) }

  mutating func count(_ candidate: MigrationCandidate) {
    states[candidate.status.state, default: 0] += 1
    switch candidate.archive {
    case .none: break
    case .found(let archive, _):
      archives[archive.place, default: 0] += 1
      archiveBytes += archive.size
    case .missing: archivesMissing += 1
    case .unsafe: archivesUnsafe += 1
    case .unreadable: archivesUnreadable += 1
    }
  }
}
