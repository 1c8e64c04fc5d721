import Glibc
import TestSupport
import Testing

@Suite("The terminal is left as it was found", .serialized)
struct ScreenExitTests {
  @Test("after quitting, and standard error's log is named or gone")
  func quits() async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      #expect(try await terminal.modes() == "1 1 1")
      let pid = try await terminal.probePID()
      try await terminal.keys("q")
      let screen = try await terminal.waitForEnd()
      #expect(screen.contains("left with signal 0\nstatus=0"))
      #expect(!screen.contains("messages"))
      #expect(!TestFile.exists(terminal.home.path + "/bundletop/stderr-\(pid).log"))
      #expect(try await terminal.modes() == "0 0 0")
    }
  }

  @Test("what was said to standard error meanwhile is kept and named")
  func keepsMessages() async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      let pid = try await terminal.probePID()
      try await terminal.keys("E", "a")
      #expect(try await !terminal.wait(for: "key 'a'").contains("nobody"))
      try await terminal.keys("q")
      let message = "messages of this run are in \(terminal.home.path)/bundletop/stderr-\(pid).log"
      try await eventually("the message, which may be too long for one row") {
        try await terminal.screen().replacing("\n", with: "").contains(message)
      }
      #expect(try terminal.home.read("bundletop/stderr-\(pid).log").contains("a message for nobody"))
    }
  }

  @Test("after signals that ask to leave", arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT])
  func signals(signal: Int32) async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      kill(try await terminal.probePID(), signal)
      let screen = try await terminal.waitForEnd()
      #expect(screen.contains("left with signal \(signal)\nstatus=\(128 + signal)"))
      #expect(try await terminal.modes() == "0 0 0")
    }
  }

  @Test("after Ctrl-C")
  func interrupt() async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      try await terminal.keys("C-c")
      try await terminal.wait(for: "left with signal 2")
      // bash abandons the rest of the command line after an interrupt.
      try await terminal.shell("stty -g >after; cmp before after && echo same")
      try await terminal.waitForEnd()
      #expect(try await terminal.modes() == "0 0 0")
    }
  }

  @Test(
    "after signals of a crash sent from outside", arguments: [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE])
  func outsideCrash(signal: Int32) async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      kill(try await terminal.probePID(), signal)
      let screen = try await terminal.waitForEnd()
      #expect(screen.contains("status=\(128 + signal)"))
      #expect(try await terminal.modes() == "0 0 0")
    }
  }

  @Test("after a crash and an abort", arguments: [("F", SIGILL), ("B", SIGABRT)])
  func crashes(key: String, signal: Int32) async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      let pid = try await terminal.probePID()
      try await terminal.keys(key)
      let screen = try await terminal.waitForEnd()
      #expect(screen.contains("status=\(128 + signal)"))
      #expect(try await terminal.modes() == "0 0 0")
      let log = "bundletop/stderr-\(pid).log"
      #expect(screen.contains("The last messages are in \(terminal.home.path)/\(log)") == (key == "F"))
      #expect(TestFile.exists(terminal.home.path + "/" + log) == (key == "F"))
      if key == "F" {
        #expect(try terminal.home.read(log).contains("asked to crash"))
      }
    }
  }

  @Test("after an exit that did not close the screen")
  func exits() async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      try await terminal.keys("D")
      let screen = try await terminal.waitForEnd()
      #expect(screen.contains("status=7"))
      #expect(!screen.contains("messages"))
      #expect(try await terminal.modes() == "0 0 0")
    }
  }

  /// The program hangs: the first request cannot be heard, one that comes seconds later ends it all the same.
  @Test("by force when the program no longer listens")
  func force() async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      let pid = try await terminal.probePID()
      try await terminal.keys("H")
      try await terminal.wait("the end of the program") {
        kill(pid, SIGTERM)
        return $0.contains("\nsame")
      }
      #expect(try await terminal.screen().contains("status=143"))
      #expect(try await terminal.modes() == "0 0 0")
    }
  }

  @Test("while it is stopped, and taken again afterwards", arguments: ["C-z", "Z"])
  func stops(key: String) async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      try await terminal.keys("a")
      try await terminal.wait(for: "key 'a' 0")
      try await terminal.keys(key)
      try await terminal.wait("the shell") { $0.contains("Stopped") && $0.contains("\nsame") }
      #expect(try await terminal.modes() == "0 0 0")
      try await terminal.tmux("resize-window", "-x", "130", "-y", "25")
      try await terminal.shell("fg")
      let screen = try await terminal.wait { $0.contains("resumed") && $0.contains("probe 130x25") }
      #expect(screen.contains("key 'a' 0"))
      #expect(try await terminal.modes() == "1 1 1")
      try await terminal.keys("Up", "q")
      try await terminal.wait(for: "left with signal 0")
      #expect(try await terminal.modes() == "0 0 0")
    }
  }

  @Test("stopped and continued from outside, it paints again")
  func stoppedFromOutside() async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      let pid = try await terminal.probePID()
      kill(pid, SIGSTOP)
      try await terminal.wait(for: "Stopped")
      try await terminal.shell("clear; fg")
      let screen = try await terminal.wait { $0.contains("resumed") && $0.contains("日本語") }
      #expect(!screen.contains("Stopped"))
    }
  }

  @Test("ends when the terminal goes away", arguments: [false, true])
  func hangup(ignoresSignal: Bool) async throws {
    let pid = try await TmuxTerminal.with { terminal in
      if ignoresSignal { try await terminal.shell("trap '' HUP") }
      try await terminal.startProbe()
      return try await terminal.probePID()
    }
    try await TmuxTerminal.wait("the end of the program") { kill(pid, 0) != 0 }
  }
}
