package import BundleModel
internal import Glibc

/// A private Postgres: own data directory, own password, a free port on 127.0.0.1, a socket in the same directory.
package actor LocalPostgres {
  /// What a server is started with.
  package struct Options: Sendable {
    /// Keeps what is committed through a crash of the machine (fsync). Off for tests, whose data nobody needs.
    package var durable: Bool
    /// Connections at once.
    package var maxConnections: Int

    /// A fast, throw-away server for 200 connections.
    package init(durable: Bool = false, maxConnections: Int = 200) {
      self.durable = durable
      self.maxConnections = maxConnections
    }
  }

  /// The name of the superuser.
  package static let user = "postgres"
  /// The database that exists from the start.
  package static let database = "postgres"
  private static let startLimit = Duration.seconds(60)

  /// The port on 127.0.0.1, the same after a restart.
  package nonisolated let port: Int
  /// The superuser's password.
  package nonisolated let password: Secret<String>
  /// The directory of the unix socket; nil where its path would be too long for one (107 bytes, unix(7)).
  package nonisolated let socketDirectory: String?
  /// The folder of `psql`, `pgbench` and the rest, of the server's version.
  package nonisolated let programFolder: String
  /// The server's log.
  package nonisolated let logFile: String
  private let setup: PostgresSetup

  private init(setup: PostgresSetup, port: Int, password: Secret<String>) {
    self.setup = setup
    self.port = port
    self.password = password
    socketDirectory = setup.socketDirectory
    programFolder = setup.programs
    logFile = setup.logFile
  }

  /// Makes a cluster in the directory and starts it; returns when it answers.
  package static func start(
    in directory: StackDirectory, options: Options = Options()
  ) async throws(LocalStackError) -> LocalPostgres {
    let password = Secret(randomSecret())
    let setup = try PostgresSetup(directory: directory, options: options)
    try await setup.makeCluster(user: user, password: password, within: startLimit)
    return try await Loopback.onFreePort { (port) throws(LocalStackError) in
      try await setup.launch(port: port, within: startLimit)
      return LocalPostgres(setup: setup, port: port, password: password)
    }
  }

  /// The server's process id, nil while it is stopped.
  package var pid: Int32? { setup.server.pid }

  /// `postgres://` with the password, for one of its databases.
  package nonisolated func url(database: String = LocalPostgres.database) -> Secret<String> {
    Secret("postgres://\(Self.user):\(password.reveal())@127.0.0.1:\(port)/\(database)")
  }

  /// The PG* variables of libpq(3) for one of its databases.
  package nonisolated func environment(database: String = LocalPostgres.database) -> [String: String] {
    [
      "PGHOST": "127.0.0.1", "PGPORT": String(port), "PGUSER": Self.user, "PGPASSWORD": password.reveal(),
      "PGDATABASE": database, "PGCONNECT_TIMEOUT": "10",
    ]
  }

  /// Stops the server as its administrator would (fast shutdown); its data stays.
  package func stop() async { await setup.server.stop() }

  /// Ends the server without any shutdown, as a crash would; its data stays.
  package func crash() async { await setup.server.stop(StopPlan([])) }

  /// Starts a stopped server again, on the same port with the same data.
  package func startAgain() async throws(LocalStackError) {
    if pid == nil { try await setup.launch(port: port, within: Self.startLimit) }
  }

  /// The same as `stop`, but at once and blocking: for exit handlers, when the data is of no use any more.
  package nonisolated func stopBlocking() { setup.server.stopBlocking(StopPlan([(SIGQUIT, .seconds(3))])) }
}
