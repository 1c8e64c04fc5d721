internal import BundleModel
internal import LegacyMigration

/// A verification as people read it: what is there, what is wrong, and, last, what it comes to.
enum VerificationText {
  static func text(_ report: VerificationReport, most: Int = FindingTable.most) -> String {
    [table(report), differences(report, most), quarantined(report, most), summary(report)].compactMap(\.self)
      .joined(separator: "\n\n")
  }

  private static func table(_ report: VerificationReport) -> String {
    var table = TextTable([
      ("DIRECTORY", .left), ("STATUSES", .right), ("SAME", .right), ("NEWER IN DATABASE", .right),
      ("DIFFERENT", .right), ("QUARANTINED", .right), ("ARCHIVES", .right), ("STORED", .right),
    ])
    for one in report.sources {
      table.add([
        one.id, "\(one.statuses)", "\(one.same)", "\(one.superseded)", "\(one.different)", "\(one.quarantined)",
        "\(one.archives)", "\(one.stored)",
      ])
    }
    return table.text
  }

  private static func differences(_ report: VerificationReport, _ most: Int) -> String? {
    block("differences", report.differences.count, most) {
      report.differences.prefix(most).map {
        line([$0.source ?? "store", $0.path ?? $0.slug.text, $0.kind.rawValue], $0.reason)
      }
    }
  }

  private static func quarantined(_ report: VerificationReport, _ most: Int) -> String? {
    block("in quarantine", report.quarantined.count, most) {
      report.quarantined.prefix(most).map { line([$0.source, $0.path], $0.reason) }
    }
  }

  private static func block(_ title: String, _ count: Int, _ most: Int, _ lines: () -> [String]) -> String? {
    guard count > 0 else { return nil }
    let more = count > most ? ["  … \(count - most) more: --json lists all"] : []
    return (["\(title) (\(count)):"] + lines() + more).joined(separator: "\n")
  }

  private static func line(_ words: [String], _ reason: String) -> String {
    "  \(UntrustedText.line(words.joined(separator: "  "), limit: 500))\n      \(UntrustedText.line(reason, limit: 1000))"
  }

  private static func summary(_ report: VerificationReport) -> String {
    let bad = report.differences.count
    let kept = report.quarantined.count
    let rows =
      "\(report.rows) rows, \(report.completed) of them completed; \(report.artifacts) artifacts, \(report.objects) "
      + "objects as published"
    let verdict =
      report.isClean
      ? "everything agrees; `bundletop migrate cutover` may follow"
      : "\(bad) difference\(bad == 1 ? "" : "s"), \(kept) in quarantine"
    return "\(rows)\n\(verdict)"
  }
}
