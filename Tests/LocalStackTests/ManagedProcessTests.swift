import Glibc
import LocalStack
import TestSupport
import Testing

@Suite struct ManagedProcessTests {
  private let path = ["PATH": "/usr/local/bin:/usr/bin:/bin"]

  @Test func runsTheProgramItselfAndNotesItsEnd() async throws {
    let folder = try TemporaryDirectory()
    let log = "\(folder.path)/log"
    let process = try ManagedProcess.start(
      ManagedProcess.Command(
        "sh", ["-c", "echo $$ $WORD; pwd; echo oops >&2; exit 7"],
        environment: path.merging(["WORD": "a  b"]) { $1 },
        workingDirectory: folder.path, logFile: log))
    #expect(await process.waitForExit() == .exited(7))
    #expect(try TestFile.read(log) == "\(process.pid) a b\n\(folder.path)\noops\n")
    #expect(!process.kill(9))
  }

  @Test func inheritsNothing() async throws {
    let folder = try TemporaryDirectory()
    let log = "\(folder.path)/log"
    let process = try ManagedProcess.start(
      ManagedProcess.Command("ls", ["/proc/self/fd"], environment: path, logFile: log))
    #expect(await process.waitForExit() == .exited(0))
    // 0, 1, 2 and the one by which ls reads the directory.
    #expect(try TestFile.read(log) == "0\n1\n2\n3\n")
  }

  /// What a child inherits by accident it keeps: a connection that we close then stays open at its other end.
  @Test func inheritsNothingThatIsOpenedMeanwhile() async throws {
    let folder = try TemporaryDirectory()
    let opening = Task.detached {
      while !Task.isCancelled {
        let descriptors = (0..<50).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        for descriptor in descriptors { close(descriptor) }
        await Task.yield()
      }
    }
    defer { opening.cancel() }
    for number in 0..<40 {
      let log = "\(folder.path)/\(number)"
      let process = try ManagedProcess.start(
        ManagedProcess.Command("ls", ["/proc/self/fd"], environment: path, logFile: log))
      #expect(await process.waitForExit() == .exited(0))
      #expect(try TestFile.read(log) == "0\n1\n2\n3\n")
    }
  }

  @Test(arguments: [(2 as Int32), 9, 15]) func tellsWhichSignalEndedIt(signal: Int32) async throws {
    let process = try ManagedProcess.start(ManagedProcess.Command("tail", ["-f", "/dev/null"], environment: path))
    #expect(await process.waitForExit(within: .milliseconds(50)) == nil)
    #expect(process.kill(signal))
    #expect(await process.waitForExit(within: .seconds(60)) == .signalled(signal))
  }

  @Test func stopsWithTheHarshestSignalThatIsNeeded() async throws {
    let folder = try TemporaryDirectory()
    let script = "trap '' TERM; : >ready; while :; do read -r _ <>fifo; done"
    try await #require(Program.run("mkfifo", ["\(folder.path)/fifo"]).succeeded)
    let process = try ManagedProcess.start(
      ManagedProcess.Command("sh", ["-c", script], environment: path, workingDirectory: folder.path))
    try await eventually("it ignores SIGTERM") { TestFile.exists("\(folder.path)/ready") }
    #expect(await process.stop(.terminate(patience: .milliseconds(300))) == .signalled(9))
  }

  @Test func namesAProgramThatIsMissing() throws {
    let error = #expect(throws: LocalStackError.self) {
      try ManagedProcess.start(ManagedProcess.Command("no-such-program", environment: [:]))
    }
    #expect(error?.code == .programMissing)
    #expect(error?.message == "no-such-program is not installed: no such program on PATH")
  }
}
