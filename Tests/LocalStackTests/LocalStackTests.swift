import LocalStack
import TestSupport
import Testing

/// Whole stacks in processes of their own, which are stopped and killed.
@Suite(.serialized) struct LocalStackTests {
  /// A process that holds a stack; its temporary directory is its own, so that a sweep here reaches no other.
  private struct Holder {
    let process: ManagedProcess
    let path: String
    let environment: [String: String]

    static func start(in temporary: String) async throws -> Holder {
      // A file that is there already is not kept among the logs: the holder prints the secrets, for us.
      let log = "\(temporary)/log-\(UInt32.random(in: 0...UInt32.max))"
      _ = try await Program.run("touch", [log])
      let process = try ManagedProcess.start(
        ManagedProcess.Command(
          try BuiltProducts.path("StackHolder"),
          environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "TMPDIR": temporary], logFile: log))
      let text = try await eventually(
        within: .seconds(60), "the stack is ready", { try TestFile.read(log) },
        until: { $0.hasSuffix("\nready\n") || !process.isRunning })
      let lines = text.split(separator: "\n").map(String.init)
      try #require(lines.last == "ready", "\(text)")
      let pairs = lines.dropFirst().dropLast().map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
      return Holder(
        process: process, path: lines[0],
        environment: Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }))
    }

    /// Whether both servers answer, the database with the password.
    func answers() async throws -> Bool {
      let parts = (environment["DATABASE_URL"] ?? "").split(whereSeparator: { "/:@".contains($0) }).map(String.init)
      try #require(parts.count == 6)
      let database = try await Program.run(
        "psql", ["--no-psqlrc", "-At", "-c", "select 1"],
        environment: [
          "PGUSER": parts[1], "PGPASSWORD": parts[2], "PGHOST": parts[3], "PGPORT": parts[4],
          "PGDATABASE": parts[5], "PATH": "/usr/local/bin:/usr/bin:/bin",
        ])
      let endpoint = environment["APPHUB_BUNDLE_STORAGE_ENDPOINT"] ?? ""
      let store = try await Program.run("curl", ["--disable", "-s", "-o", "/dev/null", endpoint])
      return database.output == "1\n" && store.succeeded
    }
  }

  @Test func givesProgramsWhatTheyNeed() async throws {
    let temporary = try TemporaryDirectory()
    let holder = try await Holder.start(in: temporary.path)
    #expect(holder.path.hasPrefix("\(temporary.path)/bundletop-stack-"))
    let prefix = "APPHUB_BUNDLE_STORAGE"
    #expect(
      Set(holder.environment.keys)
        == Set(
          ["DATABASE_URL"]
            + [
              "BACKEND", "BUCKET", "ENDPOINT", "PUBLIC_ENDPOINT", "REGION", "FORCE_PATH_STYLE", "ACCESS_KEY_ID",
              "SECRET_ACCESS_KEY",
            ].map { "\(prefix)_\($0)" }))
    #expect(holder.environment["\(prefix)_BUCKET"] == "apphub-example-bundles")
    #expect(try await holder.answers())

    // No secret is where everybody may read it, the logs included.
    let password = try #require(holder.environment["DATABASE_URL"]).split { ":@".contains($0) }[2]
    let secret = try #require(holder.environment["\(prefix)_SECRET_ACCESS_KEY"])
    let processes = ProcessTable.processes(of: holder.path)
    #expect(processes.count > 4)
    let logs = try ["postgres.log", "s3.log"].map { try TestFile.read("\(holder.path)/\($0)") }
    for text in processes + logs {
      #expect(!text.contains(password) && !text.contains(secret))
    }

    holder.process.kill(15)
    #expect(await holder.process.waitForExit(within: .seconds(60)) == .exited(0))
    #expect(ProcessTable.processes(of: holder.path) == [])
    #expect(!TestFile.exists(holder.path))
  }

  @Test func diesWithAKilledParentAndIsSweptByTheNext() async throws {
    let temporary = try TemporaryDirectory()
    let killed = try await Holder.start(in: temporary.path)
    let living = try await Holder.start(in: temporary.path)
    #expect(killed.path != living.path)
    killed.process.kill(9)
    try await eventually(
      within: .seconds(60), "no process of the killed run is left",
      { ProcessTable.processes(of: killed.path) }, until: \.isEmpty)
    #expect(TestFile.exists(killed.path))

    let next = try await Holder.start(in: temporary.path)
    #expect(!TestFile.exists(killed.path))
    #expect(try await living.answers())
    #expect(try await next.answers())
    for holder in [living, next] { #expect(await holder.process.stop() == .exited(0)) }
    #expect(ProcessTable.processes(of: temporary.path) == [])
  }

  /// A unix socket's path has 107 bytes at most; the servers must do without it then.
  @Test func startsBelowALongPath() async throws {
    let temporary = try TemporaryDirectory()
    let holder = try await Holder.start(
      in: temporary.makeFolder(String(repeating: "long and with blanks/", count: 6)))
    #expect(try await holder.answers())
    #expect(await holder.process.stop() == .exited(0))
  }

  /// When the guards are killed as well, nobody stops the servers but the next run's sweep.
  @Test func sweepStopsServersThatLostTheirGuards() async throws {
    let temporary = try TemporaryDirectory()
    let killed = try await Holder.start(in: temporary.path)
    for line in ProcessTable.processes(of: killed.path) where line.contains("/bin/sh -c") {
      _ = try await Program.run("kill", ["-9", String(line.prefix { $0 != " " })])
    }
    killed.process.kill(9)
    #expect(await killed.process.waitForExit() == .signalled(9))
    #expect(ProcessTable.processes(of: killed.path).contains { $0.contains("rclone") || $0.contains("minio") })
    let next = try await Holder.start(in: temporary.path)
    #expect(ProcessTable.processes(of: killed.path) == [])
    #expect(!TestFile.exists(killed.path))
    #expect(await next.process.stop() == .exited(0))
  }
}
