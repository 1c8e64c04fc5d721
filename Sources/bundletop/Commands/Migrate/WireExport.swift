internal import BundleModel
internal import JSON
internal import LegacyMigration
internal import LegacyStore
internal import Persistence

/// What an export did, as scripts read it. Names are sorted, as in all our documents.
enum WireExport {
  /// Prints it.
  static func write(_ report: ExportReport, _ source: MigrationSource) throws(CommandFailure) {
    var json = JSONWriter(.indented)
    json.object { json in
      WireMigration.number("archives", report.archives, &json)
      WireMigration.number("bundles", report.bundles, &json)
      WireMigration.text("completeAt", report.completeAt?.iso8601, &json)
      json.name("findings")
      json.array { json in
        for finding in report.findings {
          json.object { json in
            WireMigration.text("kind", finding.kind, &json)
            WireMigration.text("reason", finding.reason, &json)
            WireMigration.text("slug", finding.slug.text, &json)
          }
        }
      }
      json.name("isComplete")
      json.bool(report.isComplete)
      WireMigration.text("path", source.directory.path, &json)
      WireMigration.number("same", report.same.count, &json)
      WireMigration.number("setAside", report.aside.count, &json)
      WireMigration.text("source", source.id, &json)
      WireMigration.number("written", report.written.count, &json)
    }
    let output = BufferedOutput()
    try output.line(json.text)
    try output.flush()
  }
}
