internal import Glibc
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct Demo {
    @Test func headlessItServesOtherCommandsBringsPodsBackAndLeavesNothing() async throws {
      try await DemoProcess.run { demo in
        let process = try await demo.start("--headless", "--state-dir", demo.stateFolder)
        #expect(demo.output.split(separator: "\n").filter { $0 == "ready" }.count == 1)
        #expect(Folder.mode(of: "\(demo.stateFolder)/env") == 0o600)
        let everything = Processes.descendants(of: process.pid)
        #expect(everything.count >= 4, "two pods, Postgres and an S3 server")

        try await demo.wait("both bundles have ended", within: .seconds(60)) {
          try await demo.list().map { $0["state"] } == [.string("failed"), .string("completed")]
        }
        let good = try await demo.list()[1]
        #expect(good["checksum"].text?.count == 64)
        let sum = try await demo.shell(#"curl -s "$("$0" sign good)" | sha256sum"#)
        #expect(sum.output.prefix(64) == good["checksum"].text ?? "")

        // Both pods answer, to who has the token alone.
        let ask = #"for pod in $BUNDLETOP_POD_URLS; do curl -s -o /dev/null -w '%{http_code} ' "#
        let path = #" "$pod/examples/bundles/status"; done"#
        #expect(try await demo.shell(ask + path).output == "401 401 ")
        let known = ask + #"-H "Authorization: Bearer $BUNDLETOP_TOKEN""# + path
        #expect(try await demo.shell(known).output == "200 200 ")

        // A pod that dies comes back after 10 s, as it would in a cluster.
        let victim = try #require(Processes.pods(below: process.pid).first)
        let killed = ContinuousClock.now
        kill(victim, SIGKILL)
        try await demo.wait("one pod is left") { Processes.pods(below: process.pid).count == 1 }
        try await demo.wait("there are two again", within: .seconds(30)) {
          Processes.pods(below: process.pid).count == 2
        }
        #expect(ContinuousClock.now - killed > .seconds(9))
        try await demo.wait("both are known to be alive") {
          let processes = try await demo.sql("count(distinct owner) from example_bundle_pods")
          let live = try await demo.livePods()
          return processes == "3" && live == 2
        }
        #expect(try await demo.shell(known).output == "200 200 ", "it is where it was")

        let all = everything.union(Processes.descendants(of: process.pid))
        process.kill(SIGTERM)
        #expect(await process.waitForExit(within: .seconds(60)) == .exited(0))
        try await demo.wait("no process is left", within: .seconds(60)) {
          !all.contains(where: Processes.isAlive) && Processes.mentioning(demo.folder.path).isEmpty
        }
        #expect(Folder.names(in: demo.temporaryFolder) == [])
      }
    }

    @Test func onATerminalItShowsTheDashboardAndLeavesNothing() async throws {
      try await DemoProcess.run { demo in
        let terminal = try await TmuxSession.start(
          [try BuiltProducts.path("bundletop"), "demo", "--examples-root", "\(demo.folder.path)/examples"],
          columns: 150, environment: demo.environment)
        try await terminal.waitForScreen("both bundles have ended", within: .seconds(90)) { screen in
          screen.contains("pods 2/2") && screen.contains("failed 1") && screen.contains("done 1")
        }
        #expect(!Processes.mentioning(demo.folder.path).isEmpty)
        try await terminal.sendKeys("q")
        try await demo.wait("it has ended", within: .seconds(25)) { terminal.exitStatus() == 0 }
        #expect(try await terminal.flags() == .plain)
        await terminal.close()
        try await demo.wait("no process is left", within: .seconds(60)) {
          Processes.mentioning(demo.folder.path).isEmpty
        }
        #expect(Folder.names(in: demo.temporaryFolder) == [])
      }
    }

    @Test func interruptedItFailsAndLeavesNothing() async throws {
      try await DemoProcess.run { demo in
        try demo.examples.writeHeldBundle("held")
        let process = try demo.launch()
        try await demo.wait("the pods are at work", within: .seconds(90)) {
          !Processes.mentioning("tools/build.py").filter { Processes.isBelow(process.pid, $0) }.isEmpty
        }
        let all = Processes.descendants(of: process.pid)
        process.kill(SIGINT)
        let exit = await process.waitForExit(within: .seconds(60))
        #expect(exit == .exited(1), "it did not do what it was asked for")
        try await demo.wait("no process is left", within: .seconds(60)) {
          !all.contains(where: Processes.isAlive) && Processes.mentioning(demo.folder.path).isEmpty
        }
        #expect(Folder.names(in: demo.temporaryFolder) == [])
      }
    }

    @Test func killedItLeavesNothingAndTheNextOneRunsToItsEnd() async throws {
      try await DemoProcess.run { demo in
        let process = try await demo.start(
          "--headless", "--state-dir", demo.stateFolder, "--no-restart", "--no-enqueue", "--pods", "3")
        #expect(try await demo.list() == [])
        let everything = Processes.descendants(of: process.pid)
        let pods = Processes.pods(below: process.pid)
        #expect(pods.count == 3)
        kill(pods[0], SIGKILL)
        try await demo.wait("13 s without it", within: .seconds(30)) {
          try await demo.sql("count(*) from example_bundle_pods where last_seen < now() - interval '13 s'") == "1"
        }
        #expect(Processes.pods(below: process.pid) == Array(pods.dropFirst()))
        #expect(try await demo.livePods() == 2)

        process.kill(SIGKILL)
        try await demo.wait("no process is left", within: .seconds(60)) {
          !everything.contains(where: Processes.isAlive) && Processes.mentioning(demo.folder.path).isEmpty
        }

        // The next one sweeps what is left on disk. Without a terminal it prints what became of every bundle.
        let next = try await demo.runToItsEnd()
        #expect(next.status == 0, "\(next.output)\(next.errors)")
        for words in ["broken failed", "good completed", "pod-a live", "pod-b live"] {
          let parts = words.split(separator: " ")
          #expect(
            next.output.split(separator: "\n").contains { line in
              let cells = line.split(separator: " ")
              return cells.first == parts[0] && cells.dropFirst().first == parts[1]
            }, "\(words): \(next.output)")
        }
        #expect(Folder.names(in: demo.temporaryFolder) == [])

        // Another outcome than the expected one is told.
        try demo.folder.write("{\"expectedToFail\": []}", to: "examples/demo.json")
        let surprised = try await demo.runToItsEnd()
        #expect(surprised.status == 1)
        #expect(surprised.errors.contains("broken is failed"))
        #expect(Folder.names(in: demo.temporaryFolder) == [])
      }
    }
  }
}

/// A demonstration with two small bundles of its own.
final class DemoProcess: Sendable {
  let folder: TemporaryDirectory
  let temporaryFolder: String
  var stateFolder: String { "\(folder.path)/state" }
  private var log: String { "\(folder.path)/demo.log" }
  let examples: Examples

  private init() throws {
    folder = try TemporaryDirectory()
    temporaryFolder = try folder.makeFolder("tmp")
    examples = Examples(folder: folder)
  }

  /// Runs a scenario; whatever is left of it afterwards is killed.
  static func run(_ story: (DemoProcess) async throws -> Void) async throws {
    let demo = try DemoProcess()
    try demo.examples.writeBundle("good")
    try demo.examples.writeBrokenBundle("broken")
    try demo.folder.write("{\"expectedToFail\": [\"broken\"]}", to: "examples/demo.json")
    do {
      try await story(demo)
    } catch {
      let output = demo.output
      for pid in Processes.mentioning(demo.folder.path) { kill(pid, SIGTERM) }
      throw TestSupportError("\(error)\n--- demo:\n\(output.suffix(4000))")
    }
  }

  /// All that it has printed.
  var output: String { (try? TestFile.read(log)) ?? "" }

  /// Starts it and waits until it says `ready`.
  func start(_ arguments: String...) async throws -> ManagedProcess {
    let process = try launch(arguments)
    try await wait("it is ready", within: .seconds(90)) {
      guard process.isRunning else { throw TestSupportError("the demo ended at once") }
      return self.output.split(separator: "\n").contains("ready")
    }
    return process
  }

  /// Starts it.
  func launch(_ arguments: [String] = []) throws -> ManagedProcess {
    try ManagedProcess.start(
      ManagedProcess.Command(
        try BuiltProducts.path("bundletop"), ["demo", "--examples-root", "\(folder.path)/examples"] + arguments,
        environment: environment, workingDirectory: folder.path, logFile: log,
        lifeline: .terminate(patience: .seconds(20))))
  }

  /// Runs it without a terminal until it ends by itself.
  func runToItsEnd() async throws -> Program.Result {
    try await Program.run(
      "timeout",
      ["120", try BuiltProducts.path("bundletop"), "demo", "--examples-root", "\(folder.path)/examples"],
      environment: environment)
  }

  /// A shell line with the demo's `env` sourced and PATH untouched; `$0` is bundletop.
  func shell(_ line: String) async throws -> Program.Result {
    try await Program.run(
      "sh", ["-c", ". '\(stateFolder)/env'; \(line)", try BuiltProducts.path("bundletop")],
      environment: ["PATH": Cluster.searchPath, "HOME": folder.path])
  }

  /// The answer of `select …`, one value.
  func sql(_ expression: String) async throws -> String {
    let answer = try await shell(#"psql "$DATABASE_URL" -Atc "select \#(expression)""#)
    guard answer.succeeded else { throw TestSupportError("psql: \(answer.errors)") }
    return answer.output.filter { $0 != "\n" }
  }

  /// `list --json`.
  func list() async throws -> [JSON] {
    let answer = try await shell(#""$0" list --json"#)
    guard answer.succeeded else { throw TestSupportError("list: \(answer.errors)") }
    return try JSON(parsing: answer.output).elements
  }

  /// How many pods are alive.
  func livePods() async throws -> Int {
    try JSON(parsing: try await shell(#""$0" pods --json"#).output).elements.count {
      $0["state"] == .string("live")
    }
  }

  /// Waits for a condition.
  func wait(
    _ description: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
  ) async throws {
    try await eventually(within: limit, every: .milliseconds(100), description, condition)
  }

  /// What it gets from its surroundings.
  var environment: [String: String] {
    var settings = [
      "PATH": Cluster.searchPath, "HOME": folder.path, "TMPDIR": temporaryFolder, "LC_ALL": "C.UTF-8",
      "USER": "tester",
    ]
    for name in ["BUNDLETOP_TOOLS", "BUNDLETOP_TEST_LOGS"] {
      settings[name] = getenv(name).map { String(cString: $0) }
    }
    return settings
  }
}
