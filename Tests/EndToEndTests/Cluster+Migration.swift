import BundleModel
import LocalStack
import Postgres
import TestSupport

extension Cluster {
  /// Runs `migrate run --json` on directories.
  func migrate(
    _ homes: LegacyHome..., changing: [String: String] = [:]
  ) async throws -> Outcome {
    try await bundletop(Cluster.migration(homes) + ["--json"], changing: changing)
  }

  /// The same with a flag.
  func migrate(_ home: LegacyHome, _ flag: String) async throws -> Outcome {
    try await bundletop(Cluster.migration([home]) + ["--json", flag])
  }

  /// Starts `migrate run`, to be killed.
  func startMigration(_ homes: [LegacyHome], changing: [String: String] = [:], log: String) throws -> ManagedProcess
  {
    try folder.makeFolder("logs")
    return try ManagedProcess.start(
      ManagedProcess.Command(
        try BuiltProducts.path("bundletop"), Cluster.migration(homes) + ["--concurrency", "4"],
        environment: environment.merging(changing) { $1 }, logFile: "\(folder.path)/logs/\(log)"))
  }

  private static func migration(_ homes: [LegacyHome]) -> [String] {
    ["migrate", "run"] + homes.flatMap { ["--legacy-dir", $0.path] }
  }

  /// What a migration writes, row by row with its version: equal means that nothing was written.
  func migrated() async throws -> [String] {
    var lines: [String] = []
    for table in ["status", "artifacts", "events", "jobs", "migrations"] {
      lines += try await self.lines(
        "select concat_ws(' ', t.xmin, t::text) from example_bundle_\(table) t order by 1")
    }
    return lines
  }
}

/// A migration that is at work elsewhere.
struct OtherMigration {
  private let connection: Connection

  static func begin(_ cluster: Cluster) async throws -> OtherMigration {
    let connection = try await Connection.connect(try ConnectionSettings(url: cluster.database.url))
    _ = try await connection.query("select won from bundletop_begin_migration('ann', 'laptop')")
    return OtherMigration(connection: connection)
  }

  func end() async { await connection.close() }
}
