internal import BundleModel
internal import JSON
internal import LegacyMigration

/// A verification as scripts read it. Names are sorted, as in all our documents.
enum WireVerification {
  /// Prints it.
  static func write(_ report: VerificationReport) throws(CommandFailure) {
    var json = JSONWriter(.indented)
    json.object { json in
      WireMigration.number("artifacts", report.artifacts, &json)
      WireMigration.number("bytesRead", report.bytesRead + report.sources.reduce(0) { $0 + $1.bytesRead }, &json)
      WireMigration.number("completed", report.completed, &json)
      json.name("deep")
      json.bool(report.isDeep)
      json.name("differences")
      json.array { json in for one in report.differences { difference(one, &json) } }
      WireMigration.number("objects", report.objects, &json)
      json.name("quarantined")
      json.array { json in for one in report.quarantined { quarantined(one, &json) } }
      WireMigration.number("rows", report.rows, &json)
      json.name("sources")
      json.array { json in for one in report.sources { source(one, report, &json) } }
    }
    let output = BufferedOutput()
    try output.line(json.text)
    try output.flush()
  }

  private static func difference(_ one: MigrationDifference, _ json: inout JSONWriter) {
    json.object { json in
      WireMigration.text("kind", one.kind.rawValue, &json)
      WireMigration.text("path", one.path, &json)
      WireMigration.text("reason", one.reason, &json)
      WireMigration.text("slug", one.slug.text, &json)
      WireMigration.text("source", one.source, &json)
    }
  }

  private static func quarantined(_ one: VerificationReport.Quarantined, _ json: inout JSONWriter) {
    json.object { json in
      WireMigration.text("path", one.path, &json)
      WireMigration.text("reason", one.reason, &json)
      WireMigration.text("slug", one.slug?.text, &json)
      WireMigration.text("source", one.source, &json)
    }
  }

  private static func source(
    _ one: VerificationReport.Source, _ report: VerificationReport, _ json: inout JSONWriter
  ) {
    json.object { json in
      WireMigration.number("archives", one.archives, &json)
      WireMigration.number("archivesStored", one.stored, &json)
      WireMigration.number("differences", report.differences(of: one.id), &json)
      WireMigration.text("id", one.id, &json)
      WireMigration.text("path", one.path, &json)
      WireMigration.number("quarantined", one.quarantined, &json)
      WireMigration.number("same", one.same, &json)
      WireMigration.number("statuses", one.statuses, &json)
      WireMigration.number("superseded", one.superseded, &json)
    }
  }
}
