/// Why there is no complete answer.
package struct TransportError: Error, Sendable {
  package enum Kind: Sendable {
    case cancelled, unreachable, connection, timeout
    /// What was to be sent is not what was promised.
    case bodyChanged
    /// The answer's body is longer than the sink takes.
    case tooLong
    /// The answer is not one to what was asked.
    case dishonest
    /// A file of ours could not be read or written.
    case file
  }

  package var kind: Kind
  /// One line without the URL.
  package var detail: String

  package init(_ kind: Kind, _ detail: String) {
    self.kind = kind
    self.detail = detail
  }

  /// Nobody waits for the answer any more.
  package static let cancelled = TransportError(.cancelled, "cancelled")

  /// More than fits.
  package static func tooLong(_ limit: Int) -> TransportError {
    TransportError(.tooLong, "the answer is longer than \(limit) bytes")
  }
}
