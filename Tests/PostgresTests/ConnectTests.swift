import BundleModel
import Postgres
import Testing

@Suite("Connecting")
struct ConnectTests {
  @Test("Sessions are set up: zone, limits, name, encoding")
  func session() async throws {
    var settings = try await freshSettings()
    settings.statementDeadline = .seconds(10)
    settings.applicationName = "naïve \"pod\""
    let connection = try await Connection.connect(settings)
    for (setting, value) in [
      ("TimeZone", "UTC"), ("DateStyle", "ISO, YMD"), ("statement_timeout", "12s"), ("lock_timeout", "8s"),
      ("idle_in_transaction_session_timeout", "30s"), ("client_encoding", "UTF8"),
      ("default_transaction_read_only", "off"),
    ] {
      #expect(try await connection.query("select current_setting($1)", [.text(setting)])[0].decode(at: 0) == value)
    }
    let pid = try await connection.query("select pg_backend_pid()")[0].decode(at: 0, as: Int32.self)
    #expect(await connection.backendPID == pid)
    #expect(await connection.isUsable)
    await connection.close()
    #expect(await !connection.isUsable)
    #expect(await postgresError { try await connection.query("select 1") }?.kind == .closed)
    await connection.close()
  }

  @Test("A closed port is told at once, as unreachable")
  func closedPort() async throws {
    var settings = ConnectionSettings(
      host: "127.0.0.1", port: try PostgresTests.closedPort(), user: "u", database: "d",
      password: Secret("hunter22"))
    for host in ["127.0.0.1", "localhost"] {
      settings.hosts[0].name = host
      let begin = ContinuousClock.now
      let error = await postgresError { try await Connection.connect(settings) }
      #expect(error?.kind == .unreachable)
      #expect(error?.isTransient == true)
      #expect(ContinuousClock.now - begin < .seconds(25))
      #expect(error?.message.contains(settings.displayName) == true)
      #expect(error.map { "\($0)" }?.contains("hunter22") == false)
    }
  }

  @Test("A server that never answers ends at the deadline, and the next host is tried")
  func silent() async throws {
    let silent = try SilentServer()
    var settings = try await freshSettings()
    let real = settings.hosts[0]
    settings.hosts = [.init("127.0.0.1", port: silent.port)]
    settings.connectDeadline = .milliseconds(300)
    let begin = ContinuousClock.now
    #expect(await postgresError { try await Connection.connect(settings) }?.kind == .deadline)
    #expect(ContinuousClock.now - begin < .seconds(25))

    settings.hosts = [.init("127.0.0.1", port: silent.port), real]
    settings.connectDeadline = .seconds(10)
    let connection = try await Connection.connect(settings)
    #expect(try await connection.query("select 1").count == 1)
  }

  @Test("Connecting ends when the task is cancelled")
  func cancelled() async throws {
    let silent = try SilentServer()
    let settings = ConnectionSettings(host: "127.0.0.1", port: silent.port, user: "u", database: "d")
    let task = Task { await postgresError { try await Connection.connect(settings) } }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
  }

  @Test("A name that does not resolve is unreachable")
  func unknownName() async throws {
    var settings = ConnectionSettings(host: "no-such-host.invalid", user: "u", database: "d")
    settings.connectDeadline = .seconds(3)
    #expect(await postgresError { try await Connection.connect(settings) }?.kind == .unreachable)
  }

  @Test("Refused logins carry the code and never the password")
  func refused() async throws {
    let good = try await freshSettings()
    var wrongPassword = good
    wrongPassword.password = Secret("hunter22")
    var noPassword = good
    noPassword.password = nil
    var wrongUser = good
    wrongUser.user = "nobody"
    var wrongDatabase = good
    wrongDatabase.database = "absent"
    for (settings, kind, code) in [
      (wrongPassword, PostgresError.Kind.authentication, "28P01"), (wrongUser, .authentication, "28P01"),
      (wrongDatabase, .sqlState, "3D000"), (noPassword, .authentication, nil),
    ] {
      let error = try #require(await postgresError { try await Connection.connect(settings) })
      #expect(error.kind == kind)
      #expect(error.sqlState == code)
      let texts = ["\(error)", error.debugDescription, String(reflecting: error), error.message]
      for secret in ["hunter22", good.password?.reveal()].compactMap({ $0 }) {
        #expect(texts.allSatisfy { !$0.contains(secret) })
      }
      #expect(texts.allSatisfy { !$0.contains("\n") && !$0.contains("LOCATION") })
    }
  }

  @Test("A read-only connection refuses to write, a transaction may ask otherwise")
  func readOnly() async throws {
    var settings = try await freshSettings()
    settings.readOnly = true
    let connection = try await Connection.connect(settings)
    let error = await postgresError { try await connection.query("create table t (a int)") }
    #expect(error?.sqlState == "25006")
    #expect(error?.isReadOnly == true)
    let pool = Pool(settings, size: 1)
    #expect(
      await postgresError { try await pool.query("create table t (a int)") }?.sqlState == "25006")
    await pool.close()
  }

  @Test("Through a Unix socket")
  func unixSocket() async throws {
    var settings = try await freshSettings()
    let direct = try await Connection.connect(settings)
    let directory: String = try await direct.query("select current_setting('unix_socket_directories')")[0].decode(
      at: 0)
    settings.hosts[0].name = directory
    let connection = try await Connection.connect(settings)
    #expect(try await connection.query("select 1").count == 1)
    #expect(settings.displayName.contains(directory))
  }
}
