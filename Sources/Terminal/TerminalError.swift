internal import ProcessControl

/// Why the screen could not be taken. Nothing was written to the terminal.
package enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  case notATerminal
  case unknownType(String)
  case unsuitableType(String)
  case alreadyOpen
  /// `errno` of the call that failed.
  case system(Int32)

  /// One line: what is wrong and what to do.
  package var description: String {
    switch self {
    case .notATerminal:
      "standard input and output must be a terminal; use `list` or `watch` in a pipe"
    case .unknownType(""):
      "TERM is not set; set it to your terminal's type, such as xterm-256color"
    case .unknownType(let name):
      "unknown terminal type TERM=\(name); set TERM to one that `infocmp` knows, such as xterm-256color"
    case .unsuitableType(let name):
      "the terminal type TERM=\(name) cannot move the cursor; use `watch`, or set TERM"
    case .alreadyOpen: "the screen is already in use by this program"
    case .system(let code): "the terminal cannot be used: \(systemReason(code))"
    }
  }
}
