internal import Glibc

/// The two standard streams of a command.
enum OutputStream {
  case output, errors

  fileprivate var descriptor: Int32 { self == .output ? STDOUT_FILENO : STDERR_FILENO }
}

/// Writes a text and a line break in one piece.
func writeLine(_ text: String, to stream: OutputStream = .output) {
  write(text + "\n", to: stream)
}

/// Writes a text, all of it; a reader that went away ends the program as for any filter.
func write(_ text: String, to stream: OutputStream) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(stream.descriptor, $0.baseAddress, $0.count) }
    if count > 0 { bytes.removeFirst(count) } else if errno != EINTR { return }
  }
}

/// True when both what we read and what we write is a terminal: then a person is there to answer.
func isInteractive() -> Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

/// True when errors and progress go to a person's eyes.
func isWatched() -> Bool { isatty(STDERR_FILENO) == 1 }
