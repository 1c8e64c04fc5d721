internal import BundleModel
internal import LegacyMigration

/// Findings of the migration as people read them; the same in every step that has any.
enum FindingTable {
  /// More than these nobody reads in a terminal.
  static let most = 200

  /// What was found, worst first in blocks by kind; nil when there is nothing.
  static func text(_ findings: [MigrationFinding], most: Int = most) -> String? {
    guard !findings.isEmpty else { return nil }
    var blocks: [String] = []
    var room = most
    for kind in MigrationFinding.Kind.allCases {
      let all = findings.filter { $0.kind == kind }
      guard !all.isEmpty else { continue }
      var lines = ["\(kind.rawValue) (\(all.count)): \(kind.meaning)"]
      for one in all.prefix(max(room, 0)) { lines.append("  \(place(one))\n      \(one.reason)") }
      let hidden = all.count - min(all.count, max(room, 0))
      if hidden > 0 { lines.append("  … \(hidden) more: --json lists all") }
      room -= all.count
      blocks.append(lines.joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n")
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
  /// What it means, for the heading of a block.
  var meaning: String {
    switch self {
    case .invalid: "files that are no status"
    case .unreadable: "files that cannot be read"
    case .archiveMissing: "completed, without an archive"
    case .checksumMismatch: "archives with other bytes than recorded"
    case .unsafePath: "names that lead out of the directory; not opened"
    case .duplicate: "twice in one directory"
    case .superseded: "another directory's counts"
    case .conflictingArchive: "the same inputs, with other bytes in another directory"
    case .newerInDatabase: "the database's row stays"
    case .interrupted: "at work, or waiting, when its pod ended"
    }
  }
}
