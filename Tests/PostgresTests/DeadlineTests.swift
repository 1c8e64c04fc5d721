import Postgres
import TestSupport
import Testing

@Suite("Deadlines and cancellation")
struct DeadlineTests {
  /// How many servers processes run the marked statement.
  private func running(_ mark: String, _ settings: ConnectionSettings) async throws -> Int {
    let observer = try await Connection.connect(settings)
    let rows = try await observer.query(
      "select count(*) from pg_stat_activity where state = 'active' and query like $1 and pid <> pg_backend_pid()",
      [.text("%\(mark)%")])
    return try rows[0].decode(at: 0)
  }

  @Test("A statement past its deadline is stopped in the server, and the connection goes on")
  func deadline() async throws {
    let settings = try await freshSettings()
    let connection = try await Connection.connect(settings)
    let pid = await connection.backendPID
    let begin = ContinuousClock.now
    let error = await postgresError {
      try await connection.query("select pg_sleep(30) /* dead line */", deadline: .milliseconds(200))
    }
    #expect(error?.kind == .deadline)
    #expect(error?.isTransient == true)
    #expect(ContinuousClock.now - begin < .seconds(25))
    #expect(try await running("dead line", settings) == 0)
    #expect(await connection.isUsable)
    #expect(try await connection.query("select pg_backend_pid()")[0].decode(at: 0, as: Int32.self) == pid)
  }

  @Test("A cancelled task stops its statement in the server, and the connection goes on")
  func cancellation() async throws {
    let settings = try await freshSettings()
    let connection = try await Connection.connect(settings)
    let pid = await connection.backendPID
    let task = Task {
      await postgresError { try await connection.query("select pg_sleep(30) /* cancel led */") }
    }
    try await eventually(within: .seconds(30), "the statement runs") {
      try await running("cancel led", settings) == 1
    }
    let waiting = Task { await postgresError { try await connection.query("select 1") } }
    waiting.cancel()
    #expect(await waiting.value?.kind == .cancelled)
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    #expect(try await running("cancel led", settings) == 0)
    #expect(try await connection.query("select pg_backend_pid()")[0].decode(at: 0, as: Int32.self) == pid)
  }

  @Test("Waiting for the turn counts, and a statement that waits is never sent")
  func turn() async throws {
    let connection = try await Connection.connect(try await freshSettings())
    // Longer than a busy machine takes to ask for the second one.
    let slow = Task {
      await postgresError { try await connection.query("select pg_sleep(100)", deadline: .seconds(100)) }
    }
    try await eventually(within: .seconds(30), "the statement runs") { await connection.isBusy }
    let error = await postgresError {
      try await connection.query("create table sent ()", deadline: .milliseconds(50))
    }
    #expect(error?.kind == .deadline)
    slow.cancel()
    #expect(await slow.value?.kind == .cancelled)
    #expect(
      try await connection.query("select to_regclass('sent')::text")[0].decode(at: 0, as: String?.self) == nil)
  }

  @Test("A pipeline past its deadline leaves nothing behind and a usable connection")
  func pipeline() async throws {
    let connection = try await Connection.connect(try await freshSettings())
    try await connection.script("create table t (a int)")
    let statements = [Statement("insert into t values (1)"), Statement("select pg_sleep(30)")]
    let error = await postgresError { try await connection.pipeline(statements, deadline: .milliseconds(200)) }
    #expect(error?.kind == .deadline)
    #expect(try await connection.query("select * from t").isEmpty)
  }

  @Test("A statement that was done before it could be stopped is reported as done")
  func lateButDone() async throws {
    let connection = try await Connection.connect(try await freshSettings())
    // Postgres ignores the cancellation while this function holds it off.
    try await connection.script(
      """
      create table t (a int);
      create function stubborn() returns int language plpgsql as $$
      begin
        insert into t values (1);
        begin perform pg_sleep(30); exception when query_canceled then null; end;
        return 7;
      end $$
      """)
    let rows = try await connection.query("select stubborn()", deadline: .milliseconds(200))
    #expect(try rows[0].decode(at: 0, as: Int.self) == 7)
    #expect(try await connection.query("select * from t").count == 1)
  }

  @Test("A longer deadline than usual raises the server's own limit for that statement only")
  func longDeadline() async throws {
    var settings = try await freshSettings()
    settings.statementDeadline = .milliseconds(500)
    let connection = try await Connection.connect(settings)
    let limit = "select current_setting('statement_timeout')"
    #expect(try await connection.query(limit)[0].decode(at: 0, as: String.self) == "2500ms")
    #expect(try await connection.query(limit, deadline: .seconds(60))[0].decode(at: 0, as: String.self) == "62s")
    #expect(try await connection.query(limit)[0].decode(at: 0, as: String.self) == "2500ms")
    let error = await postgresError {
      try await connection.transaction { connection in
        try await connection.query("select 1/0", deadline: .seconds(60))
      }
    }
    #expect(error?.sqlState == "22012")
    #expect(try await connection.query(limit)[0].decode(at: 0, as: String.self) == "2500ms")
  }

  @Test("When the network swallows everything, the deadline holds and the connection is given up")
  func swallowed() async throws {
    var settings = try await freshSettings()
    let proxy = try Proxy(to: settings.hosts[0].port)
    defer { proxy.end() }
    settings.hosts[0].port = proxy.port
    let pool = Pool(settings, size: 1)
    #expect(try await pool.query("select 1").count == 1)
    proxy.swallow()
    let begin = ContinuousClock.now
    let error = await postgresError { try await pool.query("select 1", deadline: .milliseconds(300)) }
    #expect(error?.kind == .deadline)
    #expect(error?.outcomeIsUnknown == true)
    #expect(ContinuousClock.now - begin < .seconds(25))
    proxy.forward()
    #expect(try await pool.query("select 1").count == 1)
    await pool.close()
  }

  @Test("A terminated connection says so, and stays closed")
  func terminated() async throws {
    let settings = try await freshSettings()
    let connection = try await Connection.connect(settings)
    let killer = try await Connection.connect(settings)
    let pid = try #require(await connection.backendPID)
    let doomed = Task { await postgresError { try await connection.query("select pg_sleep(30) /* doomed */") } }
    try await eventually(within: .seconds(30), "the statement runs") { try await running("doomed", settings) == 1 }
    try await killer.query("select pg_terminate_backend($1)", [.integer(Int(pid))])
    let error = await doomed.value
    #expect(error?.isConnectionLost == true)
    #expect(error?.sqlState == "57P01")
    #expect(await !connection.isUsable)
    #expect(await postgresError { try await connection.query("select 1") }?.kind == .closed)
  }
}
