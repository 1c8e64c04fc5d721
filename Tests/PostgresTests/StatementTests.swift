import BundleModel
import Postgres
import Testing

@Suite("Statements")
struct StatementTests {
  @Test(
    "Errors carry the server's code, and the connection goes on",
    arguments: [
      ("select 1/0", "22012"), ("select * from absent", "42P01"), ("selec", "42601"),
      ("select 1; select 2", "42601"),
      ("select 'x'::int", "22P02"), ("set transaction_read_only to maybe", "22023"),
    ])
  func errors(sql: String, code: String) async throws {
    let connection = try await SharedDatabase.connect()
    let error = try #require(await postgresError { try await connection.query(sql) })
    #expect(error.sqlState == code)
    #expect(error.kind == .sqlState)
    #expect(error.description.contains("SQLSTATE"))
    #expect(try await connection.query("select 1").count == 1)
  }

  @Test("A violated constraint is named; its detail stays out of the description")
  func constraint() async throws {
    let connection = try await SharedDatabase.connect()
    let error = await postgresError {
      try await connection.transaction { connection in
        try await connection.query("create temporary table t (a text constraint only_once unique) on commit drop")
        for _ in 0..<2 { try await connection.query("insert into t values ('private')") }
      }
    }
    #expect(error?.isUniqueViolation == true)
    #expect(error?.constraint == "only_once")
    #expect(error?.detail?.contains("private") == true)
    #expect(error.map { "\($0) \(String(reflecting: $0))" }?.contains("private") == false)
  }

  @Test("100 tasks on one connection each get their own answer")
  func reentrancy() async throws {
    let connection = try await SharedDatabase.connect()
    try await withThrowingTaskGroup { group in
      for number in 0..<100 {
        group.addTask {
          let rows = try await connection.query("select $1::int, pg_sleep(random() * 0.005)", [.integer(number)])
          return try rows[0].decode(at: 0, as: Int.self) == number
        }
      }
      for try await isOwn in group { #expect(isOwn) }
    }
  }

  @Test("A large answer, and a large question")
  func large() async throws {
    let connection = try await SharedDatabase.connect()
    let rows = try await connection.query("select n, repeat('x', 100) as t from generate_series(1, 30000) n")
    #expect(rows.count == 30_000)
    var sum = 0
    for row in rows { sum += try row.decode(at: 0, as: Int.self) }
    #expect(sum == 450_015_000)
    // More than the socket takes while the server sends as much back: both directions must move.
    let text = String(repeating: "y", count: 20_000_000)
    #expect(try await connection.query("select $1::text", [.text(text)])[0].decode(at: 0, as: String.self) == text)
  }

  @Test("A pipeline of 1,000 answers in order")
  func pipeline() async throws {
    let connection = try await SharedDatabase.connect()
    let answers = try await connection.pipeline((0..<1000).map { Statement("select $1::int", [.integer($0)]) })
    #expect(try answers.map { try $0[0].decode(at: 0, as: Int.self) } == Array(0..<1000))
    #expect(try await connection.pipeline([]).isEmpty)
    #expect(try await connection.query("select 1").count == 1)
  }

  @Test("A large pipeline moves in both directions")
  func largePipeline() async throws {
    let connection = try await SharedDatabase.connect()
    let text = String(repeating: "z", count: 100_000)
    let answers = try await connection.pipeline((0..<200).map { _ in Statement("select $1::text", [.text(text)]) })
    #expect(try answers.allSatisfy { try $0[0].decode(at: 0, as: String.self) == text })
  }

  @Test("A pipeline takes effect as a whole or not at all, and says which statement failed")
  func pipelineFailure() async throws {
    let connection = try await Connection.connect(try await freshSettings())
    try await connection.script("create table t (a int primary key)")
    let insert = { (value: Int) in Statement("insert into t values ($1)", [.integer(value)]) }
    let error = await postgresError { try await connection.pipeline([insert(1), insert(2), insert(1), insert(3)]) }
    #expect(error?.sqlState == "23505")
    #expect(error?.statement == 2)
    #expect(try await connection.query("select a from t").isEmpty)
    let unsendable = Statement("select $1", ["\0"])
    #expect(await postgresError { try await connection.pipeline([insert(1), unsendable]) }?.statement == 1)
    try await connection.pipeline([insert(1), insert(2)])
    #expect(try await connection.query("select a from t").count == 2)
  }

  @Test("A script runs several statements, all or none")
  func script() async throws {
    let connection = try await Connection.connect(try await freshSettings())
    try await connection.script("create table a (); create table b ();")
    #expect(await postgresError { try await connection.script("create table c (); selec") }?.sqlState == "42601")
    #expect(
      await postgresError { try await connection.script("create table c (); select 1/0") }?.sqlState == "22012")
    let names = try await connection.query("select tablename from pg_tables where schemaname = 'public' order by 1")
    #expect(try names.map { try $0.decode(at: 0, as: String.self) } == ["a", "b"])
  }

  @Test("Notices are not printed and do not disturb; COPY is refused")
  func oddities() async throws {
    let connection = try await SharedDatabase.connect()
    try await connection.script(
      "set client_min_messages to debug1; do $$ begin raise notice 'heard by nobody'; end $$")
    #expect(try await connection.query("select 1").count == 1)
    #expect(await postgresError { try await connection.script("copy (select 1) to stdout") }?.kind == .misuse)
    #expect(await !connection.isUsable)
  }
}
