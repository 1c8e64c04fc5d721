import BundleModel
import Glibc
import Testing

@testable import Packager

@Suite struct ChildProcessTests {
  private func shell(
    _ script: String, in scratch: Scratch? = nil, limit: Duration = .seconds(30), grace: Duration = .seconds(5),
    outputLimit: Int = 1 << 24
  ) -> Command {
    Command(
      name: "the script", executable: "/bin/sh", arguments: ["-c", script], directory: scratch?.path ?? "/",
      environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"], limit: limit, grace: grace,
      outputLimit: outputLimit)
  }

  @Test func linesCodeDirectoryAndStandardInput() async throws {
    let scratch = Scratch()
    var lines: [String] = []
    let outcome = try ChildProcess.run(
      shell("pwd; cat; echo two >&2; printf 'three\\rfour'; exit 7", in: scratch),
      Interruption(within: .seconds(60))
    ) { lines.append($0) }
    #expect(lines == [scratch.path, "two", "three", "four"])
    #expect(outcome.code == 7)
    #expect(outcome.tail == "\(scratch.path)\ntwo\nthree\nfour")
  }

  @Test func theEnvironmentIsOnlyWhatWasGiven() async throws {
    let scratch = Scratch()
    #expect(getenv("HOME") != nil)  // the tests' own environment holds more
    let outcome = try await run(shell("env | cut -d= -f1 | sort | tr '\\n' ' '", in: scratch))
    #expect(outcome.tail == "LANG PATH PWD ")
  }

  @Test func noDescriptorIsInherited() async throws {
    let scratch = Scratch()
    let open = try FileDescriptor.creating("\(scratch.path)/open")
    #expect(open.number > 2)
    let outcome = try await run(shell("ls /proc/self/fd | tr '\\n' ' '", in: scratch))
    #expect(outcome.tail == "0 1 2 3 ")  // 3 is the directory that ls reads
  }

  @Test func aSignalShowsInTheCode() async throws {
    #expect(try await run(shell("kill -SEGV $$")).code == 128 + SIGSEGV)
  }

  @Test func signalsAreAsInAFreshProcess() async throws {
    let old = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, old) }
    let outcome = try await run(shell("awk '/SigBlk|SigIgn/ {print $2}' /proc/self/status"))
    let masks = outcome.tail.split(separator: "\n").compactMap { UInt64($0, radix: 16) }
    // The first 31 are the standard signals; 32 and 33 belong to the C library, which lets nobody touch them.
    #expect(masks.map { $0 & 0x7FFF_FFFF } == [0, 0])
  }

  @Test func aMissingProgramIsThePodsFault() async throws {
    var command = shell("")
    command.executable = "/no/such/program"
    let error = await #expect(throws: PackagingError.self) { try await run(command) }
    #expect(error?.errorClass == .pod)
    #expect(error?.message == "cannot run /no/such/program (exec): No such file or directory")
    command.executable = "/bin/sh"
    command.directory = "/no/such/directory"
    let other = await #expect(throws: PackagingError.self) { try await run(command) }
    #expect(other?.message == "cannot run /bin/sh (chdir): No such file or directory")
  }

  /// The program dies of SIGTERM at once; what it started ignores it and must go all the same.
  @Test(arguments: [false, true])
  func theWholeGroupIsGoneAfterTheDeadline(leaderIgnores: Bool) async throws {
    let scratch = Scratch()
    let script = """
      \(leaderIgnores ? "trap '' TERM" : ":")
      (trap '' TERM; while :; do sleep 30; done) &
      echo $! > grandchild; echo $$ > child; echo started; wait; wait
      """
    let start = ContinuousClock.now
    let error = await #expect(throws: PackagingError.self) {
      try await run(shell(script, in: scratch, limit: .milliseconds(700), grace: .milliseconds(300)))
    }
    #expect(error?.errorClass == .timeout)
    #expect(error?.message == "the script did not finish within 0.7 s and was stopped")
    #expect(error?.tail == "started\n")
    #expect(ContinuousClock.now - start < .seconds(25))
    for name in ["child", "grandchild"] {
      let pid = try #require(pid_t(scratch.text(name)?.trimmingBlanks() ?? ""))
      #expect(!isRunning(pid), "\(name) still runs")
    }
  }

  @Test func whatAProgramLeavesBehindIsKilledToo() async throws {
    let scratch = Scratch()
    let start = ContinuousClock.now
    let outcome = try await run(shell("sleep 300 & echo $! > left; echo done", in: scratch))
    #expect(outcome.code == 0)
    #expect(outcome.tail == "done\n")
    #expect(ContinuousClock.now - start < .seconds(25))
    let pid = try #require(pid_t(scratch.text("left")?.trimmingBlanks() ?? ""))
    #expect(!isRunning(pid))
  }

  @Test func aCancelledTaskKillsTheGroup() async throws {
    let scratch = Scratch()
    let command = shell("sleep 300 & echo $! > left; wait", in: scratch)
    let task = Task {
      try await OwnThread.run(within: .seconds(60)) { (interruption) throws(PackagingError) in
        try ChildProcess.run(command, interruption)
      }
    }
    #expect(await eventually { scratch.text("left")?.contains("\n") == true })
    let start = ContinuousClock.now
    task.cancel()
    let result = await task.result
    #expect(throws: PackagingError.self) { try result.get() }
    #expect(ContinuousClock.now - start < .seconds(25))
    let pid = try #require(pid_t(scratch.text("left")?.trimmingBlanks() ?? ""))
    #expect(!isRunning(pid))
  }

  @Test func endlessOutputIsStopped() async throws {
    let error = await #expect(throws: PackagingError.self) {
      try await run(shell("yes", outputLimit: 1 << 20))
    }
    #expect(error?.errorClass == .bundle)
    #expect(error?.message == "the script printed more than 1048576 bytes and was stopped")
    #expect((error?.tail.utf8.count ?? 0) <= 64 << 10)
  }

  @Test func theTailIsTheEndAndClean() async throws {
    let outcome = try await run(
      shell("i=0; while [ $i -lt 20000 ]; do echo \"line $i\"; i=$((i+1)); done; printf '\\033[31mred\\n'"))
    #expect(outcome.tail.hasSuffix("line 19999\n\u{FFFD}[31mred\n"))
    #expect(outcome.tail.utf8.count <= (64 << 10) + 2)
    #expect(!outcome.tail.contains("line 100\n"))
  }

  @Test func manyAtOnce() async throws {
    let scratch = Scratch()
    let commands = (0..<24).map { shell("echo \($0)", in: scratch) }
    let tails = try await withThrowingTaskGroup(of: String.self) { group in
      for command in commands {
        group.addTask {
          try await OwnThread.run(within: .seconds(60)) { (interruption) throws(PackagingError) in
            try ChildProcess.run(command, interruption).tail
          }
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(tails == Set((0..<24).map { "\($0)\n" }))
  }
}
