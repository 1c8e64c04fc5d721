internal import BundleModel
internal import JSON
internal import LegacyMigration

/// Findings of the migration as scripts read them; the same in every step that has any.
enum WireMigration {
  /// Writes the member `findings`: an array of objects with `source`, `slug`, `path`, `kind` and `reason`.
  static func write(_ findings: [MigrationFinding], as name: String = "findings", to json: inout JSONWriter) {
    json.name(name)
    json.array { json in
      for finding in findings {
        json.object { json in
          text("kind", finding.kind.rawValue, &json)
          text("path", finding.path, &json)
          text("reason", finding.reason, &json)
          text("slug", finding.slug?.text, &json)
          text("source", finding.source, &json)
        }
      }
    }
  }

  /// Writes a member that is text, or null.
  static func text(_ name: String, _ value: String?, _ json: inout JSONWriter) {
    json.name(name)
    if let value { json.string(value) } else { json.null() }
  }

  /// Writes a member that is a number.
  static func number(_ name: String, _ value: some BinaryInteger, _ json: inout JSONWriter) {
    json.name(name)
    json.number(Int64(value))
  }
}
