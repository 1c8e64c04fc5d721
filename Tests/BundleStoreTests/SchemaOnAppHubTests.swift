import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Schema on top of AppHub's tables", .serialized)
struct SchemaOnAppHubTests {
  /// A database as AppHub left it, with our schema applied.
  private func upgraded() async throws -> (TestDatabase, ConnectionSettings) {
    let database = try await TestDatabase.create()
    try await database.psql(AppHubTables.create + AppHubTables.rows)
    let settings = try ConnectionSettings(url: database.url)
    #expect(try await Schema(settings).apply() == SchemaStep.all.map(\.number))
    return (database, settings)
  }

  @Test("Rows and indexes stay, the store reads them")
  func keepsRows() async throws {
    let (database, settings) = try await upgraded()
    let store = BundleStore(settings)
    let statuses = try await store.statuses().sorted { $0.slug < $1.slug }
    await store.close()
    #expect(statuses.map(\.slug) == ["old-done", "old-failed"])
    #expect(statuses.map(\.attempt) == [nil, nil])
    #expect(statuses.first?.artifact?.id == "a-1")
    #expect(statuses.first?.artifact?.size == 42)
    #expect(statuses.last?.error == "example bundle packaging failed")
    let index = "select count(*) from pg_indexes where indexname = 'idx_example_bundle_status_updated'"
    #expect(try await database.psql(index) == "1")
    #expect(try await Schema(settings).check().isClean)
    #expect(try await Schema(settings).apply() == [])
    try await database.drop()
  }

  @Test("AppHub's own statements still run, as a role that was granted nothing of ours, and are seen")
  func ownStatements() async throws {
    let (database, settings) = try await upgraded()
    let role = "apphub_\(UInt32.random(in: 0 ... .max))"
    try await database.psql(
      """
      create role \(role) login password 'secret';
      grant select, insert, update, delete, truncate on example_bundle_status, example_bundle_artifacts to \(role);
      """)
    var apphub = settings
    apphub.user = role
    apphub.password = .init("secret")
    let connection = try await Connection.connect(apphub)
    let writer = AppHubWriter(connection: connection)
    try await writer.status("new", fingerprint: "f", stage: "packaging", state: "running")
    try await writer.complete("new", fingerprint: "f", checksum: String(repeating: "a", count: 64))
    try await writer.complete("new", fingerprint: "f", checksum: String(repeating: "b", count: 64))
    try await connection.query("delete from example_bundle_status where slug = 'old-failed'")
    try await connection.query("truncate example_bundle_status")
    await #expect(throws: PostgresError.self) { try await connection.query("select * from example_bundle_jobs") }
    await #expect(throws: PostgresError.self) {
      try await connection.query("select bundletop_enqueue('x', '{}', 'me', null, 3, 'm', 0, null)")
    }
    await connection.close()
    let seen = try await database.psql(
      "select source, op, coalesce(slug, ''), coalesce(state, '') from example_bundle_events order by seq")
    #expect(
      seen.split(separator: "\n") == [
        "status|insert|new|running", "artifact|insert|new|", "status|update|new|completed", "artifact|update|new|",
        "status|update|new|completed", "status|delete|old-failed|failed", "status|resync||",
      ])
    try await database.drop()
  }

  @Test("A retry starts a job for a row that names none of ours, and an AppHub checksum stays readable")
  func retryOfAppHubRow() async throws {
    let (database, settings) = try await upgraded()
    let store = BundleStore(settings)
    let seen = try #require(try await store.statuses(of: ["old-failed"]).first)
    let answer = try await store.retry("old-failed", seen: .init(seen), by: "test")
    #expect(answer.refusal == nil)
    #expect(answer.attempt == 1)
    let now = try #require(try await store.statuses(of: ["old-failed"]).first)
    #expect(now.state == .queued)
    #expect(now.attempt == 1)
    #expect(now.fingerprint.text == "def")
    #expect(now.jobID == answer.job?.text)
    await store.close()
    try await database.drop()
  }
}
