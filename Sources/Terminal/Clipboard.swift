internal import CTerminal
import Glibc
internal import ProcessControl

/// Copying without knowing what the terminal allows: the first way that can work is taken, and named.
package struct Clipboard: Sendable {
  /// Where the text went.
  package enum Outcome: Hashable, Sendable {
    /// tmux's paste buffer (`prefix ]`), and the terminal's clipboard where tmux may.
    case tmuxBuffer
    /// Sent to the terminal, which may ignore it.
    case osc52
    /// A file of mode 0600.
    case file(String)
    case refused(String)
  }

  /// A way to copy.
  package enum Way: Hashable, Sendable { case tmuxBuffer, osc52, file }

  /// Base64 bytes that terminals take in one OSC 52 (xterm's limit).
  package static let osc52Limit = 74_994
  /// Milliseconds that tmux may take.
  private static let deadline: Int32 = 2000

  private let environment: [String: String]

  /// A clipboard that decides by these variables.
  init(environment: [String: String]) { self.environment = environment }

  /// The ways to try for a text of so many bytes, in order. A secret never goes to a file.
  package static func ways(environment: [String: String], byteCount: Int, isSecret: Bool) -> [Way] {
    func isSet(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }
    var ways: [Way] = []
    if isSet("TMUX") {
      ways.append(.tmuxBuffer)
    } else if (byteCount + 2) / 3 * 4 <= osc52Limit && !isSet("STY") && knowsOSC52(environment["TERM"] ?? "") {
      ways.append(.osc52)  // GNU screen keeps it to itself
    }
    if !isSecret { ways.append(.file) }
    return ways
  }

  /// Terminals without any clipboard behind them.
  private static func knowsOSC52(_ term: String) -> Bool {
    !term.isEmpty && term != "dumb" && !["linux", "vt", "ansi", "cons", "screen"].contains { term.hasPrefix($0) }
  }

  /// The control sequence that asks a terminal to take a text (xterm's ctlseqs, OSC 52).
  package static func osc52(_ text: String) -> [UInt8] {
    Array("\u{1B}]52;c;".utf8) + Base64.encode(Array(text.utf8)) + Array("\u{07}".utf8)
  }

  /// Tries the ways in order; `send` writes to the terminal and says whether it took the bytes.
  func copy(_ text: String, isSecret: Bool, send: ([UInt8]) async -> Bool) async -> Outcome {
    var reason = "the text is too long, or this terminal takes none"
    for way in Self.ways(environment: environment, byteCount: text.utf8.count, isSecret: isSecret) {
      switch way {
      case .tmuxBuffer:
        if await Self.loadTmuxBuffer(text) { return .tmuxBuffer }
        reason = "tmux did not take it"
      case .osc52:
        if await send(Self.osc52(text)) { return .osc52 }
        reason = "the terminal did not take it"
      case .file:
        guard let directory = StateDirectory(environment: environment) else {
          reason += ", and neither XDG_STATE_HOME nor HOME names a folder"
          continue
        }
        let failure = await Self.write(text, to: directory)
        guard let failure else { return .file(directory.path + "/clipboard.txt") }
        reason += ", and the file could not be written: \(failure)"
      }
    }
    return .refused(reason)
  }

  private static func write(_ text: String, to directory: StateDirectory) async -> String? {
    await DetachedThread.value { directory.write(Array(text.utf8), to: "clipboard.txt") }
  }

  /// Through standard input: arguments are visible to every user.
  private static func loadTmuxBuffer(_ text: String) async -> Bool {
    await DetachedThread.value {
      // Before tmux 3.2 there was no -w.
      for arguments in [["tmux", "load-buffer", "-w", "-"], ["tmux", "load-buffer", "-"]] {
        if run(arguments, input: text) == 0 { return true }
      }
      return false
    }
  }

  private static func run(_ arguments: [String], input: String) -> Int32 {
    var text = input
    let copies = arguments.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer($0) } + [nil]
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { terminal_run(pointers, $0.baseAddress, $0.count, deadline) }
    }
  }
}
