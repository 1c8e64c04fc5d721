internal import Glibc
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct Watch {
    @Test func aPipeGetsALineForEachChangeUntilTheSignal() async throws {
      try await Cluster.run { cluster in
        for slug in ["one", "two"] { try cluster.writeBundle(slug) }
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "one", "--wait")
        let all = try cluster.startWatch("all")
        let json = try cluster.startWatch("json", "two", "--json")
        try await cluster.wait("what is known is printed first") { all.log.contains(" one completed completed ") }
        try await cluster.done("package", "two", "--wait")
        try await cluster.wait("the change is printed", within: .seconds(60)) {
          all.log.contains(" two completed completed ") && json.log.contains("\"state\":\"completed\"")
        }
        for line in json.log.split(separator: "\n") {
          let status = try JSON(parsing: String(line))
          #expect(status["slug"] == .string("two"))
          #expect(status.keys == CommandLine.fields)
        }
        for watch in [all, json] {
          watch.process.kill(SIGTERM)
          #expect(await watch.process.waitForExit(within: .seconds(60)) == .exited(0))
          cluster.note(watch.log)
        }
      }
    }

    @Test func aReaderThatGoesAwayEndsIt() async throws {
      try await Cluster.run { cluster in
        for slug in ["one", "two"] { try cluster.writeBundle(slug) }
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "one", "--wait")
        let watch = try cluster.startWatch("closed", shell: #""$0" watch | head -n 1"#)
        try await cluster.wait("the first line came") { watch.log.contains(" one completed ") }
        try await cluster.done("package", "two", "--wait")
        #expect(await watch.process.waitForExit(within: .seconds(60)) == .exited(0))
      }
    }
  }
}

extension Cluster {
  /// A running `bundletop watch`; its log holds all that it prints.
  struct WatchProcess {
    var process: ManagedProcess
    var logFile: String
    var log: String { (try? TestFile.read(logFile)) ?? "" }
  }

  /// Starts `bundletop watch`.
  func startWatch(
    _ name: String, _ arguments: String..., shell: String = #"exec "$0" watch "$@""#
  ) throws -> WatchProcess {
    try folder.makeFolder("logs")
    let logFile = "\(folder.path)/logs/watch-\(name).log"
    let process = try ManagedProcess.start(
      ManagedProcess.Command(
        "/bin/sh", ["-c", shell, try BuiltProducts.path("bundletop")] + arguments, environment: environment,
        logFile: logFile, lifeline: .terminate(patience: .seconds(2))))
    return WatchProcess(process: process, logFile: logFile)
  }
}
