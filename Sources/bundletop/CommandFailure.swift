internal import ArgumentParser
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import LocalStack
internal import Postgres
internal import ProcessControl
internal import S3
internal import Terminal

/// The exit statuses that scripts may rely on.
enum ExitStatus: Int32 {
  case done = 0
  case failed = 1
  /// Done partly, or done with findings.
  case partly = 2
  case usage = 64
  case unavailable = 69
  case denied = 77
}

/// Why a command ends early: a status for scripts and one line for people.
struct CommandFailure: Error {
  var status: ExitStatus
  /// Nil when everything was said already.
  var message: String?

  init(_ status: ExitStatus, _ message: String?) {
    self.status = status
    self.message = message.map { UntrustedText.line($0, limit: 2000) }
  }

  /// What an error of one of our libraries means for whoever typed the command; nil for the parser's own.
  init?(explaining error: any Error) {
    switch error {
    case let error as CommandFailure:
      self = error
    case let error as StoreError:
      let status: ExitStatus =
        switch error.kind {
        case .unavailable: .unavailable
        case .refused: .denied
        case .invalid: .usage
        case .schema, .corrupt: .failed
        }
      self.init(status, error.message)
    case let error as PostgresError:
      self.init(error.kind == .settings ? .usage : .unavailable, error.message)
    case let error as StorageError:
      self.init(ExitStatus(error), error.message)
    case let error as S3Error:
      self.init(error)
    case let error as LocalStackError:
      self.init(.unavailable, error.message)
    case let error as ProcessError:
      self.init(.failed, error.message)
    case is CancellationError:
      self.init(.failed, "interrupted")
    default:
      return nil
    }
  }
}

extension ExitStatus {
  /// What a failure of the object store means for a script.
  init(_ error: StorageError) {
    self =
      switch error.kind {
      case .denied: .denied
      case .unavailable, .timeout: .unavailable
      case .configuration, .invalid: .usage
      case .missing, .conflict, .integrity, .file, .cancelled: .failed
      }
  }
}
