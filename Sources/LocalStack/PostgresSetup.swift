internal import BundleModel
internal import Glibc

/// How a private Postgres is made and launched: everything but the choice of port.
final class PostgresSetup: Sendable {
  let directory: StackDirectory
  let options: LocalPostgres.Options
  let programs: String
  let folder: String
  let logFile: String
  let socketDirectory: String?
  private let user: SystemUser?
  let server: ServerProcess

  private var dataFolder: String { "\(folder)/data" }

  init(directory: StackDirectory, options: LocalPostgres.Options) throws(LocalStackError) {
    self.directory = directory
    self.options = options
    programs = try Programs.postgresFolder()
    user = try SystemUser.forServers()
    folder = try directory.makeFolder("postgres", user: user)
    logFile = "\(directory.path)/postgres.log"
    server = ServerProcess(directory: directory, name: "Postgres", logFile: logFile, stopPlan: .postgres)
    socketDirectory = folder.utf8.count + "/.s.PGSQL.65535.lock".utf8.count <= 107 ? folder : nil
  }

  /// initdb(1): UTF-8, bytewise order, a password for every way in.
  func makeCluster(user superuser: String, password: Secret<String>, within limit: Duration)
    async throws(LocalStackError)
  {
    let passwordFile = "\(folder)/password"
    try writeText(password.reveal() + "\n", to: passwordFile)
    defer { unlink(passwordFile) }
    if let user, chown(passwordFile, user.uid, user.gid) != 0 {
      throw .system("cannot give \(passwordFile) to \(user.name)", errno)
    }
    let process = try ManagedProcess.start(
      command(
        "initdb",
        [
          "--pgdata=\(dataFolder)", "--username=\(superuser)", "--pwfile=\(passwordFile)", "--auth=scram-sha-256",
          "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions",
        ], lifeline: .terminate(patience: .seconds(2))))
    try directory.record(process)
    guard await process.waitForExit(within: limit) != nil else {
      await process.stop()
      throw LocalStackError(.timedOut, "initdb has not ended within \(limit): \(tail(ofLog: logFile))")
    }
    guard process.exit == .exited(0) else {
      throw LocalStackError(.serverDied, "initdb could not make a Postgres cluster: \(tail(ofLog: logFile))")
    }
  }

  /// Starts the server; returns when it accepts connections.
  func launch(port: Int, within limit: Duration) async throws(LocalStackError) {
    let command = command("postgres", ["-D", dataFolder] + settings(port: port), lifeline: .postgres)
    try await server.launch(command, within: limit) { isReady($0.pid) }
  }

  /// The postmaster says so in the eighth line of its lock file, which is what `pg_ctl -w` waits for, too; the first
  /// line tells it from a crashed predecessor's.
  private func isReady(_ pid: Int32) -> Bool {
    let lines = (readText("\(dataFolder)/postmaster.pid", limit: 4096) ?? "").split(
      separator: "\n", omittingEmptySubsequences: false)
    return lines.count > 7 && lines[0] == String(pid) && lines[7].hasPrefix("ready")
  }

  private func command(_ program: String, _ arguments: [String], lifeline: StopPlan) -> ManagedProcess.Command {
    let words = (user?.prefix(reaching: folder) ?? []) + ["\(programs)/\(program)"] + arguments
    return ManagedProcess.Command(
      words[0], Array(words.dropFirst()),
      environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "LC_ALL": "C", "TZ": "UTC"],
      workingDirectory: folder, logFile: logFile, lifeline: lifeline)
  }

  private func settings(port: Int) -> [String] {
    var settings = [
      "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=\(socketDirectory ?? "")",
      "unix_socket_permissions=0700", "max_connections=\(options.maxConnections)", "shared_buffers=64MB",
      // A peer that vanished is noticed in seconds, not hours.
      "tcp_keepalives_idle=5", "tcp_keepalives_interval=2", "tcp_keepalives_count=3", "tcp_user_timeout=15000",
      // Nothing is left in /dev/shm when the server is killed.
      "dynamic_shared_memory_type=mmap",
      "log_destination=stderr", "logging_collector=off", "log_timezone=UTC", "timezone=UTC",
      "log_line_prefix=%m [%p] %d ", "password_encryption=scram-sha-256",
    ]
    if !options.durable {
      settings += [
        "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
        "max_wal_size=1GB",
      ]
    }
    return settings.flatMap { ["-c", $0] }
  }
}
