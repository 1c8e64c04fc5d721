package import BundleModel
internal import S3

/// What went wrong with stored archives, in one line that is fit for a person, a log and a database row: it names
/// the store and the key, never a signed query or a secret.
package struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable, CaseIterable {
    /// There is no such object: the store said 404, or the file does not exist. Nothing else counts as missing.
    case missing
    /// The key holds other bytes already.
    case conflict
    /// Bytes differ from what their checksum promises.
    case integrity
    /// The store refuses our keys or our right.
    case denied
    /// The store did not answer properly: 5xx, connection, unknown host.
    case unavailable
    /// A deadline passed.
    case timeout
    /// The request makes no sense: a key, a lifetime, a name.
    case invalid
    /// A setting is missing or wrong.
    case configuration
    /// A file on this machine could not be read or written.
    case file
    /// The caller gave up.
    case cancelled
  }

  package let kind: Kind
  /// What happened, to what.
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package var description: String { message }

  /// How a failed attempt is classed when this ended it.
  package var errorClass: ErrorClass {
    switch kind {
    case .timeout: .timeout
    case .cancelled: .cancelled
    case .file, .configuration, .invalid: .pod
    case .missing, .conflict, .integrity, .denied, .unavailable: .storage
    }
  }

  init(_ error: S3Error) {
    let kind: Kind =
      switch error.kind {
      case .notFound: .missing
      case .denied, .clockSkew: .denied
      case .throttled, .serverError, .transport, .unreachable, .invalidRequest: .unavailable
      case .timeout: .timeout
      case .integrity: .integrity
      case .preconditionFailed: .conflict
      case .cancelled: .cancelled
      case .file: .file
      }
    self.init(kind, error.message)
  }
}

extension StorageError: ReportableError {
  package var exitStatus: ExitStatus {
    switch kind {
    case .denied: .denied
    case .unavailable, .timeout: .unavailable
    case .configuration, .invalid: .usage
    case .missing, .conflict, .integrity, .file, .cancelled: .failed
    }
  }
}
