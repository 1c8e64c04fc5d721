package import BundleModel

/// What went wrong with a request to an object store, in one line that is fit for a log: it names host, bucket and
/// key, never a query or a secret.
package struct S3Error: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of failure, which is all that retry looks at.
  package enum Kind: String, Sendable, CaseIterable {
    /// The answer was 404.
    case notFound
    /// 401 or 403: unknown key, wrong secret, missing right.
    case denied
    /// 429 or 503: too many requests, or a word for it.
    case throttled
    /// Another 5xx, or an answer that makes no sense.
    case serverError
    /// A deadline passed.
    case timeout
    /// The connection could not be made or broke.
    case transport
    /// The host name is unknown or the certificate is not trusted: trying again cannot help.
    case unreachable
    /// Bytes differ from what their checksum promises, or an answer from what was asked.
    case integrity
    /// 412: the condition of a write does not hold (`PutCondition`).
    case preconditionFailed
    /// The request is wrong; sending it again gives the same answer.
    case invalidRequest
    /// Server and client disagree about the time.
    case clockSkew
    /// The caller gave up.
    case cancelled
    /// A file on this machine could not be read or written.
    case file
  }

  package let kind: Kind
  /// The HTTP status, when there was an answer.
  package let status: Int?
  /// The server's word for it (`NoSuchKey`), or ours.
  package let code: String
  /// What happened, to what.
  package let message: String

  package init(kind: Kind, status: Int? = nil, code: String, message: String) {
    self.kind = kind
    self.status = status
    self.code = code
    self.message = message
  }

  package var description: String { message }

  /// True when the same request may succeed later.
  package var isTransient: Bool { kind.isTransient }
}

extension S3Error.Kind {
  /// True when the same request may succeed later.
  package var isTransient: Bool {
    switch self {
    case .throttled, .serverError, .timeout, .transport: true
    case .notFound, .denied, .unreachable, .integrity, .preconditionFailed, .invalidRequest, .clockSkew: false
    case .cancelled, .file: false
    }
  }

  /// The kind that a status and the server's code stand for.
  ///
  /// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  init(status: Int, code: String) {
    switch code {
    case "RequestTimeTooSkewed": self = .clockSkew
    case "SlowDown", "SlowDownRead", "SlowDownWrite", "Throttling", "ThrottlingException", "RequestThrottled",
      "TooManyRequests", "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded":
      self = .throttled
    // The two conflicts mean that another request for the same key is under way.
    case "InternalError", "ServiceUnavailable", "OperationAborted", "ConditionalRequestConflict":
      self = .serverError
    case "RequestTimeout", "RequestTimeoutException": self = .timeout
    case "IncompleteBody": self = .transport
    case "BadDigest", "XAmzContentSHA256Mismatch", "InvalidDigest": self = .integrity
    case "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken":
      self = .denied
    case "NoSuchKey", "NoSuchBucket", "NoSuchUpload": self = .notFound
    case "NotImplemented": self = .invalidRequest
    default:
      switch status {
      case 401, 403: self = .denied
      case 404: self = .notFound
      case 408: self = .timeout
      case 412: self = .preconditionFailed
      case 429, 503: self = .throttled
      case 501, 505: self = .invalidRequest
      case 500...: self = .serverError
      default: self = .invalidRequest
      }
    }
  }
}

extension S3Error: ReportableError {
  package var exitStatus: ExitStatus {
    switch kind {
    case .denied, .clockSkew: .denied
    case .throttled, .serverError, .timeout, .transport, .unreachable: .unavailable
    // Without a status nobody was asked: what we were told to ask makes no sense.
    case .invalidRequest: status == nil ? .usage : .failed
    case .notFound, .integrity, .preconditionFailed, .cancelled, .file: .failed
    }
  }
}

/// What a request was about, for error messages.
struct S3Subject: Sendable {
  var operation: String
  var endpoint: S3Endpoint
  var bucket: String?
  var key: String?

  /// `GET s3://bucket/key at http://host:port`.
  var text: String {
    var place = "s3://"
    if let bucket { place += bucket + "/" }
    if let key { place += key }
    return "\(operation) \(UntrustedText.line(place, limit: 300)) at \(endpoint)"
  }

  func error(_ kind: S3Error.Kind, status: Int? = nil, code: String, _ detail: String) -> S3Error {
    S3Error(
      kind: kind, status: status, code: UntrustedText.line(code, limit: 60),
      message: "\(text): \(UntrustedText.line(detail, limit: 300))")
  }
}
