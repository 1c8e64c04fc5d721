import Glibc
import TestSupport

/// A real terminal: a private tmux server with one window in which an interactive shell runs.
final class TmuxTerminal: Sendable {
  /// The home and state folder of what runs inside.
  let home: TemporaryDirectory
  /// The path of the probe.
  let probe: String
  private static let deadline = Duration.seconds(30)

  /// Runs a body with a terminal that is gone afterwards, whatever happens.
  static func with<Result>(
    columns: Int = 100, rows: Int = 20, _ body: (TmuxTerminal) async throws -> Result
  ) async throws -> Result {
    let terminal = try TmuxTerminal()
    do {
      try await terminal.tmux(
        "-u", "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
        "HISTFILE= PS1='$ ' exec bash --norc --noprofile -i")
      try await terminal.wait("the prompt") { $0.contains("$") }
      let result = try await body(terminal)
      _ = try? await terminal.tmux("kill-server")
      return result
    } catch {
      _ = try? await terminal.tmux("kill-server")
      throw error
    }
  }

  private init() throws {
    home = try TemporaryDirectory()
    probe = try BuiltProducts.path("terminal-probe")
  }

  /// Runs a tmux command and returns what it printed.
  @discardableResult
  func tmux(_ arguments: String...) async throws -> String { try await tmux(arguments) }

  @discardableResult
  private func tmux(_ arguments: [String]) async throws -> String {
    let environment = [
      "PATH": getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin", "HOME": home.path,
      "XDG_STATE_HOME": home.path, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "SWIFT_BACKTRACE": "enable=no",
    ]
    let result = try await Program.run("tmux", ["-S", "\(home.path)/tmux"] + arguments, environment: environment)
    guard result.succeeded else { throw TestSupportError("tmux \(arguments): \(result.errors)") }
    return result.output
  }

  /// Types a command line for the shell.
  func shell(_ line: String) async throws {
    try await tmux("send-keys", "-l", line)
    try await tmux("send-keys", "Enter")
  }

  /// Starts the probe, between two looks at the terminal's settings, and waits for its first frame.
  func startProbe(_ variables: String = "TERM=xterm-256color") async throws {
    try await shell(
      "cd; stty -g >before; \(variables) \(probe); echo status=$?; stty -g >after; cmp before after && echo same")
    try await wait("the first frame") { $0.contains(" pid=") }
  }

  /// Types characters or keys by tmux's names: `q`, `Up`, `C-z`.
  func keys(_ names: String...) async throws {
    for name in names { try await tmux("send-keys", name) }
  }

  /// Sends raw bytes as one burst.
  func bytes(_ text: String) async throws {
    let hex = text.utf8.map { String($0, radix: 16) }
    try await tmux(["send-keys", "-H"] + hex)
  }

  /// The screen as text.
  func screen() async throws -> String { try await tmux("capture-pane", "-p") }

  /// Waits until the screen is as wanted and returns it.
  @discardableResult
  func wait(_ what: String = "the screen", until isReached: (String) -> Bool) async throws -> String {
    try await eventually(within: Self.deadline, what, { try await screen() }, until: isReached)
  }

  /// Waits until the terminal's settings were compared after the probe's end and found the same.
  @discardableResult
  func waitForEnd() async throws -> String { try await wait("equal settings") { $0.contains("\nsame") } }

  /// Waits for a line that holds this text.
  @discardableResult
  func wait(for text: String) async throws -> String { try await wait("‘\(text)’") { $0.contains(text) } }

  /// Alternate screen, mouse reports, application cursor keys: `0 0 0` when a program left them as it should.
  func modes() async throws -> String {
    let modes = try await tmux("display-message", "-p", "#{alternate_on} #{mouse_any_flag} #{keypad_cursor_flag}")
    return String(modes.prefix { $0 != "\n" })
  }

  /// The process of the probe on the screen.
  func probePID() async throws -> pid_t {
    let text = try await wait(for: "pid=")
    guard let start = text.firstRange(of: "pid=") else { throw TestSupportError("no process number") }
    guard let pid = pid_t(text[start.upperBound...].prefix { $0.isNumber }) else {
      throw TestSupportError("no number")
    }
    return pid
  }

  /// Waits for something else than the screen.
  static func wait(_ what: String, until isReached: () throws -> Bool) async throws {
    try await eventually(within: deadline, what) { try isReached() }
  }
}
