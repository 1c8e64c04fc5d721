import LocalStack
import TestSupport
import Testing

@Suite struct LocalPostgresTests {
  @Test func answersAndKeepsTestsApart() async throws {
    let one = try await TestDatabase.create()
    let two = try await TestDatabase.create()
    try await one.psql("create table t as select generate_series(1, 3) as n")
    #expect(try await one.psql("select sum(n), current_database() from t") == "6|\(one.name)")
    #expect(try await two.psql("select to_regclass('t') is null") == "t")
    await #expect(throws: TestSupportError.self) { try await two.psql("select * from t") }
    try await one.drop()
  }

  @Test func letsNobodyInWithoutThePassword() async throws {
    let database = try await TestDatabase.create()
    var settings = database.environment
    settings["PGPASSWORD"] = "wrong"
    for host in ["127.0.0.1", database.server.socketDirectory] {
      guard let host else { continue }
      settings["PGHOST"] = host
      let answer = try await Program.run(
        "\(database.server.programFolder)/psql", ["--no-psqlrc", "-w", "-c", "select 1"], environment: settings)
      #expect(answer.status == 2)
      #expect(answer.errors.contains("password authentication failed"))
    }
  }

  /// Runs by itself, not on the shared server, which others use meanwhile.
  @Test func keepsPortAndDataThroughStopAndCrash() async throws {
    let directory = try StackDirectory.create()
    let server = try await LocalPostgres.start(in: directory, options: LocalPostgres.Options(durable: true))
    let database = try await TestDatabase.create(on: server)
    #expect(try await database.psql("show fsync") == "on")
    try await database.psql("create table t as select 1 as n")
    let first = try #require(await server.pid)
    await server.stop()
    #expect(await server.pid == nil)
    await #expect(throws: TestSupportError.self) { try await database.psql("select n from t") }
    try await server.startAgain()
    #expect(await server.pid != first)
    try await database.psql("update t set n = 2")
    await server.crash()
    try await server.startAgain()
    #expect(try await database.psql("select n from t") == "2")
    await server.stop()
    // The guard looks up ten times a second, and then goes as well.
    #expect(try await poll(within: .seconds(30)) { ProcessTable.processes(of: directory.path).isEmpty })
    try directory.remove()
    #expect(!TestFile.exists(directory.path))
  }
}
