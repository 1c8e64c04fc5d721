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
}
