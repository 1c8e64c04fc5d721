import Glibc
import TestSupport
import Testing

@Suite("Screen in a real terminal", .serialized)
struct ScreenTests {
  @Test("draws wide text, colours and lines; hostile text stays text")
  func draws() async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      let rows = try await terminal.screen().split(separator: "\n", omittingEmptySubsequences: false)
      #expect(rows[0].hasPrefix("probe 100x20 pid="))
      #expect(rows[0].hasSuffix(" indexed256 unicode=true"))
      // The last one is younger than some C libraries, which then have two question marks drawn.
      let text = "日本語 e\u{301} 👍|é|\u{FFFD}[31m|"
      #expect(["\u{1FAE8}|", "??|"].contains { rows[1] == text + $0 })
      #expect(rows[3] == String(repeating: "─", count: 100)[...])
      let styled = try await terminal.tmux("capture-pane", "-p", "-e")
      #expect(styled.contains("\u{1B}[1m\u{1B}[31mred"))
      #expect(styled.contains("\u{1B}[38;5;208m\u{1B}[44morange"))
      #expect(try await terminal.tmux("display-message", "-p", "#{cursor_flag}") == "0\n")
    }
  }

  @Test(
    "other terminal types and locales",
    arguments: [
      ("TERM=xterm", "ansi16 unicode=true", "日本語"),
      ("TERM=vt100", "none unicode=true", "日本語"),
      ("TERM=tmux-256color", "indexed256 unicode=true", "日本語"),
      ("TERM=screen", "ansi16 unicode=true", "日本語"),
      ("TERM=xterm-256color NO_COLOR=1", "none unicode=true", "日本語"),
      ("TERM=xterm-256color LC_ALL=C", "indexed256 unicode=false", "?????? ? ??|?|?[31m|??|"),
      ("TERM=xterm-256color LC_ALL=no_SUCH.UTF-8", "indexed256 unicode=true", "日本語"),
    ])
  func types(variables: String, capabilities: String, text: String) async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe(variables)
      try await terminal.keys("a", "Up")
      let screen = try await terminal.wait(for: "key up 0")
      #expect(screen.contains(capabilities))
      #expect(screen.contains(text))
      #expect(screen.contains(variables.hasSuffix("LC_ALL=C") ? "-------" : "───────"))
      try await terminal.keys("q")
      try await terminal.waitForEnd()
      #expect(try await terminal.modes() == "0 0 0")
    }
  }

  @Test(
    "an unsuitable terminal is refused with one line and no control byte",
    arguments: [
      ("TERM=dumb", "the terminal type TERM=dumb cannot move the cursor"),
      ("TERM=no-such-type", "unknown terminal type TERM=no-such-type"),
      ("TERM=", "TERM is not set"),
      ("TERM=xterm 0</dev/null", "must be a terminal"),
    ])
  func refuses(variables: String, message: String) async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.tmux("pipe-pane", "-O", "cat >>\(terminal.home.path)/bytes")
      try await terminal.shell("\(variables) \(terminal.probe); echo status=$?")
      try await terminal.wait(for: "status=2")
      #expect(try await terminal.screen().contains("error: "))
      #expect(try await terminal.screen().contains(message))
      #expect(try await terminal.modes() == "0 0 0")
      #expect(try !terminal.home.read("bytes").contains("\u{1B}[?10"))
    }
  }

  @Test(
    "keys, mouse, paste and focus arrive whole", arguments: ["xterm-256color", "tmux-256color", "screen", "vt100"])
  func input(term: String) async throws {
    try await TmuxTerminal.with(columns: 240, rows: 30) { terminal in
      try await terminal.startProbe("TERM=\(term)")
      try await terminal.bytes("\u{1B}[<0;235;5M\u{1B}[<0;235;5m\u{1B}[<64;1;1M\u{1B}[<65;1;1M\u{1B}[<32;9;9M")
      try await terminal.wait("five reports") { $0.contains("mouse drag 8,8") }
      try await terminal.bytes("\u{1B}[200~pasted é\u{1B}[A日\u{1B}[201~\u{1B}[I\u{1B}[O")
      try await terminal.wait(for: "focus false")
      try await terminal.keys("C-a", "M-x", "Enter", "Tab", "BSpace")
      try await terminal.bytes("é日")
      try await terminal.bytes("\u{1B}[1;5A\u{1B}[A\u{1B}OB")
      let screen = try await terminal.wait(for: "key down 0")
      let heard = screen.split(separator: "\n").drop { !$0.hasPrefix("mouse press") }
      #expect(
        heard.prefix(5) == [
          "mouse press 4,234", "mouse release 4,234", "mouse wheelUp 0,0", "mouse wheelDown 0,0", "mouse drag 8,8",
        ])
      #expect(heard.contains { $0.hasPrefix("paste [pasted é") && $0.hasSuffix("日]") })
      #expect(
        heard.suffix(11) == [
          "focus true", "focus false", "key 'a' 1", "key 'x' 2", "key enter 0", "key tab 0", "key backspace 0",
          "key 'é' 0", "key '日' 0", "key up 0", "key down 0",
        ])
    }
  }

  /// ncurses alone would wait as long as ESCDELAY says.
  @Test("a lone Escape arrives at once")
  func escape() async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe("TERM=xterm-256color ESCDELAY=60000")
      let start = ContinuousClock.now
      try await terminal.keys("Escape")
      try await terminal.wait(for: "key escape 0")
      #expect(ContinuousClock.now - start < .seconds(25))
    }
  }

  @Test("a frame that is the same again costs no byte")
  func silence() async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      try await terminal.tmux(
        "pipe-pane", "-O", "cat >>\(terminal.home.path)/bytes; echo end >\(terminal.home.path)/end")
      try await terminal.keys("a")
      try await terminal.wait(for: "key 'a' 0")
      try await terminal.keys("I", "I", "b")
      try await terminal.wait(for: "key 'b' 0")
      try await terminal.tmux("pipe-pane")
      try await TmuxTerminal.wait("the recorder") { TestFile.exists(terminal.home.path + "/end") }
      let bytes = try terminal.home.read("bytes")
      #expect(bytes.contains("key 'a' 0") && bytes.contains("'b'"))
      #expect(bytes.utf8.count < 100, "two rows and the moves to them")
    }
  }

  @Test("follows the window's size")
  func resizes() async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.startProbe()
      try await terminal.tmux("resize-window", "-x", "50", "-y", "10")
      try await terminal.wait(for: "probe 50x10")
      try await terminal.tmux("resize-window", "-x", "120", "-y", "30")
      let screen = try await terminal.wait(for: "probe 120x30")
      #expect(screen.contains(String(repeating: "─", count: 120)))
      #expect(screen.contains("resize 50x10\nresize 120x30"))
    }
  }

  @Test("copies to tmux's buffer, else to the terminal, else to a file; a secret never to a file")
  func copies() async throws {
    try await TmuxTerminal.with { terminal in
      try await terminal.tmux("set", "-s", "set-clipboard", "on")
      try await terminal.startProbe()
      try await terminal.keys("C")
      try await terminal.wait(for: "copied tmuxBuffer")
      #expect(try await terminal.tmux("show-buffer") == "plain 日本")
      try await terminal.keys("q")
      try await terminal.waitForEnd()
      try await terminal.shell("clear")
      try await terminal.startProbe("TMUX= TERM=xterm-256color")
      try await terminal.keys("S")
      try await terminal.wait(for: "copied osc52")
      #expect(try await terminal.tmux("show-buffer") == "signed link")
      try await terminal.keys("X")
      try await terminal.wait(for: "copied refused")
      #expect(!TestFile.exists(terminal.home.path + "/bundletop/clipboard.txt"))
      try await terminal.keys("L")
      try await terminal.wait(for: "copied file(\"\(terminal.home.path)/bundletop/clipboard.txt\")")
      #expect(try terminal.home.read("bundletop/clipboard.txt").utf8.count == 80_000)
      var status = stat()
      #expect(stat(terminal.home.path + "/bundletop/clipboard.txt", &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }
}
