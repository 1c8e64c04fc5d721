import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Transactions")
struct TransactionTests {
  private struct Refusal: Error, Equatable {}

  private func withTable() async throws -> (Connection, ConnectionSettings) {
    let settings = try await freshSettings()
    let connection = try await Connection.connect(settings)
    try await connection.script("create table t (a int primary key, n int not null default 0)")
    return (connection, settings)
  }

  private func count(_ connection: Connection) async throws -> Int {
    try await connection.query("select count(*) from t")[0].decode(at: 0)
  }

  @Test("Commits what the body did and returns its value")
  func commit() async throws {
    let (connection, settings) = try await withTable()
    let value = try await connection.transaction { connection in
      try await connection.query("insert into t values (1)")
      try await connection.pipeline([Statement("insert into t values (2)"), Statement("insert into t values (3)")])
      return 42
    }
    #expect(value == 42)
    #expect(try await count(try await Connection.connect(settings)) == 3)
  }

  @Test("Rolls back when the body throws, and throws the same error")
  func rollback() async throws {
    let (connection, _) = try await withTable()
    await #expect(throws: Refusal()) {
      try await connection.transaction { connection in
        try await connection.query("insert into t values (1)")
        throw Refusal()
      }
    }
    let error = await postgresError {
      try await connection.transaction { connection in
        try await connection.query("insert into t values (1)")
        try await connection.query("insert into t values (1)")
      }
    }
    #expect(error?.isUniqueViolation == true)
    #expect(try await count(connection) == 0)
  }

  @Test("A body that hides a failed statement does not pass for committed")
  func hiddenFailure() async throws {
    let (connection, _) = try await withTable()
    let error = await postgresError {
      try await connection.transaction { connection in
        try await connection.query("insert into t values (1)")
        _ = await postgresError { try await connection.query("select 1/0") }
      }
    }
    #expect(error?.sqlState == "25P02")
    #expect(try await count(connection) == 0)
  }

  @Test("A failure at commit is thrown, and the connection goes on")
  func failingCommit() async throws {
    let (connection, _) = try await withTable()
    try await connection.script("create table d (a int references t deferrable initially deferred)")
    let error = await postgresError {
      try await connection.transaction { try await $0.query("insert into d values (99)") }
    }
    #expect(error?.sqlState == "23503")
    #expect(try await connection.query("select * from d").isEmpty)
  }

  @Test("No statement of another task comes between")
  func gate() async throws {
    let (connection, _) = try await withTable()
    let order = Log()
    let outsider = Outsider()
    try await connection.transaction { connection in
      try await connection.query("insert into t values (1)")
      outsider.start(on: connection, order)
      for _ in 0..<20 { try await connection.query("select 1") }
      order.add("inside")
      #expect(try await connection.query("select * from t").count == 1)
    }
    try await outsider.finish()
    #expect(order.lines == ["inside", "outside"])
    #expect(try await count(connection) == 2)
  }

  private final class Log: Sendable {
    private let all = Mutex<[String]>([])
    var lines: [String] { all.withLock { $0 } }
    func add(_ line: String) { all.withLock { $0.append(line) } }
  }

  /// A task that does not belong to the transaction in whose body it is started.
  private final class Outsider: Sendable {
    private let task = Mutex<Task<Void, any Error>?>(nil)

    func start(on connection: Connection, _ order: Log) {
      let started = Task.detached {
        try await connection.query("insert into t values (2)")
        order.add("outside")
      }
      task.withLock { $0 = started }
    }

    func finish() async throws { try await task.withLock { $0 }?.value }
  }

  @Test("50 transactions at once on one connection lose no update")
  func concurrent() async throws {
    let (connection, _) = try await withTable()
    try await connection.query("insert into t values (1, 0)")
    try await withThrowingTaskGroup { group in
      for _ in 0..<50 {
        group.addTask {
          try await connection.transaction { connection in
            let n: Int = try await connection.query("select n from t where a = 1")[0].decode("n")
            try await connection.query("update t set n = $1 where a = 1", [.integer(n + 1)])
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await connection.query("select n from t")[0].decode("n", as: Int.self) == 50)
  }

  @Test("Child tasks of the body belong to the transaction")
  func children() async throws {
    let (connection, _) = try await withTable()
    try await connection.transaction { _ in
      try await withThrowingTaskGroup { group in
        for number in 0..<10 {
          group.addTask { _ = try await connection.query("insert into t values ($1)", [.integer(number)]) }
        }
        try await group.waitForAll()
      }
    }
    #expect(try await count(connection) == 10)
  }

  @Test("A transaction inside a transaction of the same connection is refused, of another one it is not")
  func nested() async throws {
    let (connection, settings) = try await withTable()
    let other = try await Connection.connect(settings)
    let error = await postgresError {
      try await connection.transaction { connection in
        try await connection.query("insert into t values (1)")
        try await other.transaction { other in
          try await other.query("insert into t values (2)")
          #expect(try await connection.query("select a from t").count == 1)
        }
        try await connection.transaction { try await $0.query("select 1") }
      }
    }
    #expect(error?.kind == .misuse)
    #expect(try await count(connection) == 1)
  }

  @Test("The deadline of the whole transaction stops a statement, and rolls back")
  func deadline() async throws {
    let (connection, _) = try await withTable()
    let error = await postgresError {
      try await connection.transaction(deadline: .milliseconds(300)) { connection in
        try await connection.query("insert into t values (1)")
        try await connection.query("select pg_sleep(30)")
      }
    }
    #expect(error?.kind == .deadline)
    #expect(try await count(connection) == 0)
  }

  @Test("A cancelled task rolls back and leaves a usable connection")
  func cancellation() async throws {
    let (connection, _) = try await withTable()
    let begun = Mutex(false)
    let task = Task {
      await postgresError {
        try await connection.transaction { connection in
          try await connection.query("insert into t values (1)")
          begun.withLock { $0 = true }
          try await connection.query("select pg_sleep(30)")
        }
      }
    }
    try await eventually(within: .seconds(30), "the transaction has begun") { begun.withLock { $0 } }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    #expect(try await count(connection) == 0)
  }

  @Test(
    "The mode is what the server sees",
    arguments: [
      (.readCommitted, "read committed", "off"), (.repeatableRead, "repeatable read", "off"),
      (.serializable, "serializable", "off"), (.readCommittedReadOnly, "read committed", "on"),
      (.repeatableReadReadOnly, "repeatable read", "on"), (.serializableReadOnlyDeferrable, "serializable", "on"),
    ] as [(TransactionMode, String, String)])
  func mode(mode: TransactionMode, isolation: String, readOnly: String) async throws {
    let connection = try await SharedDatabase.connect()
    try await connection.transaction(mode) { connection in
      let rows = try await connection.query(
        "select current_setting('transaction_isolation'), current_setting('transaction_read_only')")
      #expect(try rows[0].decode(at: 0, as: String.self) == isolation)
      #expect(try rows[0].decode(at: 1, as: String.self) == readOnly)
    }
  }

  @Test("A pool runs the body again after a serialization failure")
  func retry() async throws {
    let (connection, settings) = try await withTable()
    try await connection.query("insert into t values (1, 0)")
    let pool = Pool(settings, size: 4)
    try await withThrowingTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          try await pool.transaction(.serializable, retrying: 200) { connection in
            let n: Int = try await connection.query("select n from t where a = 1")[0].decode("n")
            try await connection.query("update t set n = $1 where a = 1", [.integer(n + 1)])
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await connection.query("select n from t")[0].decode("n", as: Int.self) == 8)
    await pool.close()
  }
}
