/// Why a program ends early: a status for scripts and one line for people.
package struct CommandFailure: Error, Equatable {
  package var status: ExitStatus
  /// Nil when everything was said already.
  package var message: String?

  /// Makes a failure; the message is cleaned of control characters.
  package init(_ status: ExitStatus, _ message: String?) {
    self.status = status
    self.message = message.map { UntrustedText.line($0, limit: 2000) }
  }

  /// What an error of one of our libraries means for whoever started the program; nil for anybody else's.
  package init?(explaining error: any Error) {
    switch error {
    case let error as CommandFailure: self = error
    case let error as any ReportableError: self.init(error.exitStatus, error.message)
    case is CancellationError: self.init(.failed, "interrupted")
    default: return nil
    }
  }
}
