internal import BundleModel
internal import LegacyMigration
internal import LegacyStore
internal import Persistence

/// What an export did, as people read it.
enum ExportText {
  static func text(_ report: ExportReport, _ source: MigrationSource) -> String {
    var lines = report.findings.prefix(FindingTable.most).map { finding in
      UntrustedText.line("\(finding.kind)  \(finding.slug.text)  \(finding.reason)", limit: 500)
    }
    let hidden = report.findings.count - lines.count
    if hidden > 0 { lines.append("… \(hidden) more: --json lists all") }
    lines.append("\(UntrustedText.line(source.directory.path)) (\(source.id)): \(summary(report))")
    return lines.joined(separator: "\n")
  }

  static func summary(_ report: ExportReport) -> String {
    let counts: [(Int, String)] = [
      (report.written.count, "written"), (report.same.count, "there already"),
      (report.aside.count, "deleted meanwhile and kept aside"), (report.newer.count, "newer in the directory"),
      (report.failed.count, "not written"), (report.unknown.count, "only in the directory"),
    ]
    let told = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let bundles = "\(report.bundles) bundle\(report.bundles == 1 ? "" : "s")"
    let archives = "\(report.archives) archive\(report.archives == 1 ? "" : "s") copied"
    let end = report.completeAt == nil ? "; changes came faster than they were written" : ""
    return ([bundles] + told).joined(separator: ", ") + ", " + archives + end
  }
}

extension ExportReport {
  /// Bundles that were looked at so far.
  var bundles: Int { written.count + same.count + newer.count + failed.count }

  /// What a person should know, by kind and name.
  var findings: [(kind: String, slug: Slug, reason: String)] {
    failed.sorted { $0.key < $1.key }.map { ("failed", $0.key, $0.value) }
      + newer.sorted().map {
        (
          "newer-in-directory", $0,
          "the directory holds something newer, which stays: `bundletop migrate run` takes it"
        )
      }
      + unknown.map { ("only-in-directory", $0, "the database does not have it; its file stays") }
  }
}
