internal import BundleModel
internal import LegacyMigration

/// Findings of the migration as people read them; the same in every step that has any.
enum FindingTable {
  /// More of one kind nobody reads in a terminal.
  static let most = 20

  /// What was found, in blocks by kind, the worst first; nil when there is nothing.
  ///
  /// - Parameter most: how many of each kind to tell.
  static func text(_ findings: [MigrationFinding], most: Int = most) -> String? {
    var blocks: [MigrationFinding.Kind: (lines: [String], count: Int)] = [:]
    for one in findings {
      var block = blocks[one.kind] ?? ([], 0)
      block.count += 1
      if block.count <= most { block.lines.append("  \(place(one))\n      \(one.reason)") }
      blocks[one.kind] = block
    }
    guard !blocks.isEmpty else { return nil }
    return MigrationFinding.Kind.allCases.compactMap { kind in
      guard let block = blocks[kind] else { return nil }
      let rest = block.count > most ? ["  … \(block.count - most) more: --json lists all"] : []
      return (["\(kind.rawValue) (\(block.count)): \(kind.meaning)"] + block.lines + rest).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// `pod-a  status/alpha.json`; the slug, too, where the path does not tell it.
  private static func place(_ finding: MigrationFinding) -> String {
    var words = [finding.source]
    if let path = finding.path { words.append(path) }
    if let slug = finding.slug, finding.path != "status/\(slug.text).json" { words.append("(\(slug.text))") }
    return UntrustedText.line(words.joined(separator: "  "), limit: 500)
  }
}

extension MigrationFinding.Kind {
  /// What it means and what becomes of it, for the heading of a block.
  var meaning: String {
    switch self {
    case .invalid: "files that are no status; they stay where they are"
    case .unreadable: "files that cannot be read; they stay where they are: look at owner and mode"
    case .archiveMissing: "completed, and the archive is nowhere; they become failed, to be packaged again"
    case .checksumMismatch: "archives with other bytes than recorded; not taken: find a good copy, or package again"
    case .unsafePath: "names that lead out of the directory; not opened, not taken"
    case .duplicate: "twice in one directory; one counts"
    case .superseded: "another directory's status counts"
    case .conflictingArchive: "the same inputs gave other bytes in another directory, whose archive counts"
    case .newerInDatabase: "the database has something newer, or at work; its row stays"
    case .interrupted: "queued or at work when their pod ended; failed, or queued again with --requeue"
    }
  }
}
