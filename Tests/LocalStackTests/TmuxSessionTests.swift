import TestSupport
import Testing

@Suite struct TmuxSessionTests {
  @Test func showsWhatAProgramDoesToATerminal() async throws {
    let script = """
      printf '\\033[?1049h\\033[?1000h\\033[?25l\\033[31mred\\033[0m\\n'
      read -r line
      printf '\\033[?1049l\\033[?1000l\\033[?25h'
      echo "got $line in $(stty size)"
      exit 3
      """
    let terminal = try await TmuxSession.start(["/bin/sh", "-c", script], columns: 60, rows: 12)
    try await terminal.waitFor("red")
    #expect(try await terminal.screenWithAttributes().contains("\u{1B}[31mred"))
    #expect(
      try await terminal.flags()
        == TerminalFlags(alternateScreen: true, mouse: true, cursor: false, applicationKeys: false))
    #expect(terminal.exitStatus() == nil)
    try await terminal.resize(columns: 50, rows: 10)
    try await terminal.type("hällo; -x #{y}")
    try await terminal.sendKeys("Enter")
    try await terminal.waitFor("got hällo; -x #{y} in 10 50")
    #expect(try await terminal.flags() == .plain)
    try await eventually("the program's status is 3") { terminal.exitStatus() == 3 }
    let bytes = try terminal.recordedBytes()
    #expect(String(decoding: bytes, as: UTF8.self).contains("\u{1B}[?1049h"))
    await terminal.close()
  }

  @Test func knowsTheProgramThatItRuns() async throws {
    let terminal = try await TmuxSession.start(["tail", "-f", "/dev/null"], environment: ["SOME": "thing"])
    let pid = try await terminal.pid()
    // For a moment it is a copy of tmux that is about to become the program.
    try await eventually("the program runs") {
      try TestFile.read("/proc/\(pid)/cmdline") == "tail\0-f\0/dev/null\0"
    }
    #expect(try TestFile.read("/proc/\(pid)/environ").contains("\0SOME=thing\0"))
    try await terminal.sendKeys("C-c")
    try await eventually("SIGINT ended it") { terminal.exitStatus() == 130 }
    await terminal.close()
    #expect(!TestFile.exists("/proc/\(pid)"))
  }

  @Test func tellsWhatItSawInstead() async throws {
    let terminal = try await TmuxSession.start(["/bin/sh", "-c", "echo something else"])
    let error = await #expect(throws: TestSupportError.self) {
      try await terminal.waitFor("what is wanted", within: .milliseconds(500))
    }
    #expect(error?.description.contains("something else") == true)
    await terminal.close()
  }
}
