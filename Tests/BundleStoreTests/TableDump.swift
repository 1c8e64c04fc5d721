import Postgres

/// Everything that the tables of the schema hold, as text: two equal dumps mean that nothing was written.
struct TableDump: Equatable, CustomStringConvertible {
  private let tables: [String: String]

  static let names = [
    "example_bundle_status", "example_bundle_artifacts", "example_bundle_jobs", "example_bundle_attempts",
    "example_bundle_events", "example_bundle_pods", "example_bundle_catalog", "example_bundle_operations",
    "example_bundle_migrations", "example_bundle_sources", "bundletop_control", "bundletop_gc_marks",
    "bundletop_migrations",
  ]

  private init(_ tables: [String: String]) { self.tables = tables }

  /// Reads all tables.
  static func read(_ connection: Connection) async throws -> TableDump {
    // ctid and xmin too: a row that was written with the values that it had is another row version.
    let reads = names.map {
      Statement(
        "select coalesce(string_agg(concat_ws(' ', t.ctid, t.xmin, t::text), E'\\n' order by t::text), '') from \($0) t"
      )
    }
    let answers = try await connection.pipeline(reads)
    var tables: [String: String] = [:]
    for (name, rows) in zip(names, answers) { tables[name] = try rows.first?.decode(at: 0) }
    return TableDump(tables)
  }

  /// The tables that are not the same in both, with what they hold.
  func difference(_ other: TableDump) -> String {
    Self.names.filter { tables[$0] != other.tables[$0] }
      .map { "\($0):\n- \(tables[$0] ?? "")\n+ \(other.tables[$0] ?? "")" }.joined(separator: "\n")
  }

  var description: String { Self.names.map { "\($0): \(tables[$0] ?? "")" }.joined(separator: "\n") }
}
