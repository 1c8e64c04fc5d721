import LocalStack
import Postgres
import TestSupport
import Testing

@Suite("Pool")
struct PoolTests {
  @Test("Many tasks share few connections")
  func sharing() async throws {
    let settings = try await freshSettings()
    let pool = Pool(settings, size: 3)
    var pids: Set<Int> = []
    try await withThrowingTaskGroup { group in
      for number in 0..<200 {
        group.addTask {
          let rows = try await pool.query("select $1::int, pg_backend_pid()", [.integer(number)])
          #expect(try rows[0].decode(at: 0, as: Int.self) == number)
          return try rows[0].decode(at: 1, as: Int.self)
        }
      }
      for try await pid in group { pids.insert(pid) }
    }
    #expect((1...3).contains(pids.count))
    await pool.close()
    #expect(await postgresError { try await pool.query("select 1") }?.kind == .closed)
  }

  @Test("Waiting for a connection ends at the deadline, and on cancellation")
  func exhaustion() async throws {
    let pool = Pool(try await freshSettings(), size: 1)
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    let holder = Task {
      try await pool.withConnection { connection in
        start.finish()
        for await _ in released {}
        try await connection.query("select 1")
      }
    }
    for await _ in started {}
    let begin = ContinuousClock.now
    let error = await postgresError { try await pool.query("select 1", deadline: .milliseconds(100)) }
    #expect(error?.kind == .deadline)
    #expect(ContinuousClock.now - begin < .seconds(25))
    let waiter = Task { await postgresError { try await pool.query("select 1") } }
    waiter.cancel()
    #expect(await waiter.value?.kind == .cancelled)
    let served = Task { try await pool.query("select 1").count }
    release.finish()
    _ = try await holder.value
    #expect(try await served.value == 1)
    await pool.close()
  }

  @Test("Closing wakes whoever waits")
  func closing() async throws {
    let pool = Pool(try await freshSettings(), size: 1)
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    let holder = Task {
      try await pool.withConnection { _ in
        start.finish()
        for await _ in released {}
      }
    }
    for await _ in started {}
    let waiter = Task { await postgresError { try await pool.query("select 1") } }
    try await eventually(within: .seconds(30), "one waits") { pool.waitingCount == 1 }
    await pool.close()
    #expect(await waiter.value?.kind == .closed)
    release.finish()
    try await holder.value
    #expect(pool.openCount == 0)
  }

  @Test("A statement past its deadline leaves a usable pool")
  func deadline() async throws {
    let pool = Pool(try await freshSettings(), size: 1)
    let error = await postgresError { try await pool.query("select pg_sleep(30)", deadline: .milliseconds(200)) }
    #expect(error?.kind == .deadline)
    #expect(try await pool.query("select 1").count == 1)
    #expect(pool.openCount == 1)
    await pool.close()
  }

  @Test("Idle connections that the server closed are replaced without an error")
  func replaced() async throws {
    let settings = try await freshSettings()
    let pool = Pool(settings, size: 2)
    let killer = try await Connection.connect(settings)
    let killAll = """
      select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
      """
    for _ in 0..<3 {
      async let one = pool.query("select pg_sleep(0.02)")
      async let two = pool.query("select pg_sleep(0.02)")
      _ = try await (one, two)
      try await killer.query(killAll)
      #expect(try await pool.query("select 1").count == 1)
    }
    #expect(pool.openCount <= 2)
    await pool.close()
  }

  @Test("A transaction that a body leaves open does not reach the next user")
  func leftOpen() async throws {
    let pool = Pool(try await freshSettings(), size: 1)
    try await pool.withConnection { connection in
      try await connection.script("begin; create table left_open ()")
    }
    let rows = try await pool.query("select to_regclass('left_open')::text")
    #expect(try rows[0].decode(at: 0, as: String?.self) == nil)
    await pool.close()
  }

  @Test("A server that goes and comes back: unreachable quickly, then answers again")
  func restart() async throws {
    let directory = try StackDirectory.create()
    let server = try await LocalPostgres.start(in: directory)
    let settings = try ConnectionSettings(url: server.url())
    let pool = Pool(settings, size: 2)
    #expect(try await pool.query("select 1").count == 1)
    await server.stop()
    for _ in 0..<3 {
      let begin = ContinuousClock.now
      let error = await postgresError { try await pool.query("select 1", deadline: .seconds(3)) }
      #expect(error?.kind == .unreachable)
      #expect(ContinuousClock.now - begin < .seconds(25))
    }
    try await server.startAgain()
    #expect(try await pool.query("select 1").count == 1)
    await pool.close()
    await server.stop()
    try directory.remove()
  }
}
