/// One reviewed step of the schema; steps are applied in order and never change once released.
package struct SchemaStep: Equatable, Sendable {
  package let number: Int
  package let name: String
  package let sql: String

  /// The steps that this program knows.
  package static let all: [SchemaStep] = [
    step(1, "tables", PackageResources._001_tables_sql),
    step(2, "feed", PackageResources._002_feed_sql),
    step(3, "jobs", PackageResources._003_jobs_sql),
    step(4, "operators", PackageResources._004_operators_sql),
    step(5, "gc", PackageResources._005_gc_sql),
    step(6, "migration", PackageResources._006_migration_sql),
    step(7, "rollout", PackageResources._007_rollout_sql),
    step(8, "roles", PackageResources._008_roles_sql),
  ]

  private static func step(_ number: Int, _ name: String, _ sql: [UInt8]) -> SchemaStep {
    SchemaStep(number: number, name: name, sql: String(decoding: sql, as: UTF8.self))
  }

  /// FNV-1a of the text, in hex: tells an edited step from the released one. Not a security measure.
  package var checksum: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in sql.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
