internal import BundleModel

/// What a run came to.
package struct MigrationReport: Equatable, Sendable {
  package var sources: [SourceCount]
  package var counts: MigrationCounts
  /// By directory, in the order in which they were named, then by slug and path.
  package var findings: [MigrationFinding]

  package init(sources: [SourceCount], counts: MigrationCounts, findings: [MigrationFinding]) {
    self.sources = sources
    self.counts = counts
    var plan = MigrationPlan(sources: sources)
    plan.findings = findings
    plan.sortFindings()
    self.findings = plan.findings
  }

  /// What could not be taken whole: a status, or an archive.
  package var isPartial: Bool { findings.contains { $0.kind.isLoss } }

  /// In one line.
  package var summary: String {
    let facts: [(Int, String)] = [
      (counts.taken - counts.failed - counts.requeued, "taken as they are"), (counts.failed, "taken as failed"),
      (counts.requeued, "queued again"), (counts.known, "already in the database"),
      (counts.kept, "newer in the database"), (counts.quarantined, "could not be taken"),
    ]
    let told = facts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return "\(counts.bundles) bundle\(counts.bundles == 1 ? "" : "s")"
      + (told.isEmpty ? "" : ": " + told.joined(separator: ", ")) + "; \(counts.uploaded) archives sent"
      + (counts.uploaded > 0 ? " (\(HumanText.size(counts.bytes)))" : "") + ", \(counts.present) already there"
  }
}

extension MigrationFinding.Kind {
  /// Whether something is not in the store that a directory has; the others tell which of several counts.
  package var isLoss: Bool {
    switch self {
    case .invalid, .unreadable, .archiveMissing, .checksumMismatch, .unsafePath: true
    case .duplicate, .superseded, .conflictingArchive, .newerInDatabase, .interrupted: false
    }
  }
}
