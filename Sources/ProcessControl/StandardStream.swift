internal import Glibc

/// The standard streams that programs write to. One write(2) a call: lines of several programs in one file stay whole.
package enum StandardStream: Sendable {
  case output, errors

  private var descriptor: Int32 { self == .output ? STDOUT_FILENO : STDERR_FILENO }

  /// True when a person looks at it.
  package var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Writes a text, all of it. A reader that went away ends the program, as it ends any filter, unless SIGPIPE is
  /// ignored.
  package func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { bytes.removeFirst(count) } else if errno != EINTR { return }
    }
  }
}

/// Writes a text and a line break.
package func writeLine(_ text: String, to stream: StandardStream = .output) {
  stream.write(text + "\n")
}

/// True when a person is there to answer: both what we read and what we write is a terminal.
package func isInteractive() -> Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }
