internal import Glibc
internal import LocalStack

/// A program on a real terminal: a tmux server of its own with one pane.
package final class TmuxSession: Sendable {
  private static let binary = "tmux"

  /// Holds the program back until its bytes are recorded, and the terminal open when it has ended: tmux's own
  /// `remain-on-exit` scrolls the last screen up by a line.
  private static let wrapper = #"""
    trap : INT QUIT
    while [ ! -e "$0/go" ]; do sleep 0.02; done
    /bin/sh -c 'echo $$ >"$0/pid"; exec "$@"' "$0" "$@"
    echo $? >"$0/status.new"
    mv "$0/status.new" "$0/status"
    exec tail -f /dev/null
    """#

  private let server: ManagedProcess
  private let folder: TemporaryDirectory
  private let environment: [String: String]

  private var socket: String { "\(folder.path)/tmux" }
  private var recording: String { "\(folder.path)/recording" }

  private init(server: ManagedProcess, folder: TemporaryDirectory, environment: [String: String]) {
    self.server = server
    self.folder = folder
    self.environment = environment
  }

  /// Starts a program in a new terminal of this size; every byte that it writes is recorded.
  ///
  /// The environment is the program's whole environment, but for PATH, HOME and a UTF-8 locale, which it may
  /// override. When the program ends, its last screen stays.
  package static func start(
    _ command: [String], columns: Int = 120, rows: Int = 40, environment: [String: String] = [:],
    term: String = "tmux-256color"
  ) async throws -> TmuxSession {
    let folder = try TemporaryDirectory()
    var settings = [
      "PATH": getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path,
      "LC_ALL": "C.UTF-8", "SHELL": "/bin/sh",
    ]
    settings.merge(environment) { $1 }
    // In the foreground, so that the server is our child and dies with us.
    let server = try ManagedProcess.start(
      ManagedProcess.Command(
        binary, ["-D", "-u", "-S", "\(folder.path)/tmux", "-f", "/dev/null"], environment: settings,
        logFile: "\(folder.path)/log", lifeline: .terminate(patience: .seconds(2))))
    let session = TmuxSession(server: server, folder: folder, environment: settings)
    do {
      // Its socket is there a moment before anybody listens on it.
      try await eventually(
        "tmux answers", { try await session.tmux("set-option", "-g", "default-terminal", term) },
        until: { _ in true })
      try await session.tmux("set-option", "-g", "status", "off")
      try await session.tmux("set-option", "-g", "focus-events", "on")
      try await session.tmux("set-option", "-s", "escape-time", "0")
      try await session.tmux(
        ["new-session", "-d", "-s", "test", "-x", String(columns), "-y", String(rows), "--"]
          + ["/bin/sh", "-c", Self.wrapper, folder.path] + command)
      try await session.tmux("pipe-pane", "-t", "test", "cat > '\(session.recording)'")
      try await eventually("tmux records") { TestFile.exists(session.recording) }
      try folder.write("", to: "go")
    } catch {
      await session.close()
      throw error
    }
    return session
  }

  /// Presses keys by tmux's names: `Down`, `Enter`, `C-c`, `F1`, `q`.
  package func sendKeys(_ keys: String...) async throws {
    try await tmux(["send-keys", "-t", "test", "--"] + keys)
  }

  /// Types a text as it is.
  package func type(_ text: String) async throws {
    try await tmux("send-keys", "-t", "test", "-l", "--", text)
  }

  /// The visible text, one line a row, trailing blanks removed.
  package func screen() async throws -> String {
    try await tmux("capture-pane", "-p", "-t", "test")
  }

  /// The visible text with the escape sequences of its colours and attributes.
  package func screenWithAttributes() async throws -> String {
    try await tmux("capture-pane", "-p", "-e", "-t", "test")
  }

  /// Changes the size of the terminal.
  package func resize(columns: Int, rows: Int) async throws {
    try await tmux("resize-window", "-t", "test", "-x", String(columns), "-y", String(rows))
  }

  /// The terminal's state now.
  package func flags() async throws -> TerminalFlags {
    let text = try await format(
      "#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{keypad_cursor_flag}#{keypad_flag}")
    let words = text.split(separator: " ")
    guard words.count == 4 else { throw TestSupportError("tmux answers \(text)") }
    return TerminalFlags(
      alternateScreen: words[0] == "1", mouse: words[1] == "1", cursor: words[2] == "1",
      applicationKeys: words[3] != "00")
  }

  /// The process id of the program.
  package func pid() async throws -> Int32 {
    let text = try await eventually(
      "the program has started", { try self.folder.read("pid") }, until: { $0.hasSuffix("\n") })
    guard let pid = Int32(text.dropLast()) else { throw TestSupportError("no pid: \(text)") }
    return pid
  }

  /// The program's exit status, 128 + the signal's number when one ended it; nil while it runs.
  package func exitStatus() -> Int32? {
    (try? folder.read("status")).flatMap { Int32($0.dropLast()) }
  }

  /// Every byte that the program has written so far.
  package func recordedBytes() throws -> [UInt8] {
    try TestFile.bytes(of: recording)
  }

  /// Waits until the screen shows this text, and returns the screen.
  @discardableResult
  package func waitFor(_ text: String, within limit: Duration = .seconds(60)) async throws -> String {
    try await waitForScreen("\"\(text)\" is on the screen", within: limit) { $0.contains(text) }
  }

  /// Waits until the screen is as wanted, and returns it.
  @discardableResult
  package func waitForScreen(
    _ description: String, within limit: Duration = .seconds(60), _ isWanted: (String) -> Bool
  ) async throws -> String {
    try await eventually(within: limit, description, { "\n" + (try await self.screen()) }, until: isWanted)
  }

  /// Ends the terminal and what runs in it.
  package func close() async {
    await server.stop(.terminate(patience: .seconds(2)))
    folder.remove()
  }

  deinit {
    server.kill(SIGTERM)
  }

  private func format(_ format: String) async throws -> String {
    let text = try await tmux("display-message", "-p", "-t", "test", format)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  @discardableResult
  private func tmux(_ arguments: String...) async throws -> String { try await tmux(arguments) }

  @discardableResult
  private func tmux(_ arguments: [String]) async throws -> String {
    let result = try await Program.run(Self.binary, ["-u", "-S", socket] + arguments, environment: environment)
    guard result.succeeded else {
      throw TestSupportError("tmux \(arguments.first ?? "") failed: \(result.errors)\(result.output)")
    }
    return result.output
  }
}
