package import BundleModel
internal import ProcessControl

/// Why a local server or a child process could not be started, used or stopped. Always one line.
package struct LocalStackError: Error, Equatable, CustomStringConvertible {
  /// What kind of trouble it is, for programs.
  package enum Code: Equatable, Sendable {
    /// A program is not installed; the message names the package.
    case programMissing
    /// The system refused a file, directory, socket or process.
    case systemCall
    /// A server ended before it answered.
    case serverDied
    /// A server did not answer, or a process did not end, in time.
    case timedOut
    /// A server answered something else than expected.
    case refused
  }

  /// What kind of trouble it is.
  package let code: Code
  /// What happened, to what, and what to do.
  package let message: String

  /// Wraps a message; control bytes in it (a log's tail is other people's text) are made harmless.
  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = UntrustedText.line(message)
  }

  package var description: String { message }

  /// A failed system call, with the text of its `errno`.
  static func system(_ what: String, _ number: Int32) -> LocalStackError {
    LocalStackError(.systemCall, "\(what): \(systemReason(number))")
  }
}

extension LocalStackError: ReportableError {
  package var exitStatus: ExitStatus { .unavailable }
}
