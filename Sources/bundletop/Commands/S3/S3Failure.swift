internal import S3

extension ExitStatus {
  /// What a failure of an object store means for a script.
  init(_ error: S3Error) {
    self =
      switch error.kind {
      case .denied, .clockSkew: .denied
      case .throttled, .serverError, .timeout, .transport, .unreachable: .unavailable
      // Without a status nobody was asked: what we were told to ask makes no sense.
      case .invalidRequest: error.status == nil ? .usage : .failed
      case .notFound, .integrity, .preconditionFailed, .cancelled, .file: .failed
      }
  }
}

extension CommandFailure {
  init(_ error: S3Error) { self.init(ExitStatus(error), error.message) }
}
