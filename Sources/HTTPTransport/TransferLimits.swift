/// How long each phase of one request may take.
package struct TransferLimits: Sendable, Equatable {
  /// Name look-up, TCP and TLS together.
  package var connect: Duration
  /// From the last byte sent to the first byte of the answer.
  package var response: Duration
  /// Without any byte moving.
  package var stall: Duration
  /// All of it, bodies included. Nil for an answer that goes on for as long as bytes come.
  package var total: Duration?

  package init(connect: Duration, response: Duration, stall: Duration, total: Duration?) {
    self.connect = connect
    self.response = response
    self.stall = stall
    self.total = total
  }

  /// One deadline for everything, of which connecting may take five seconds at most.
  package static func within(_ deadline: Duration) -> TransferLimits {
    TransferLimits(connect: min(deadline, .seconds(5)), response: deadline, stall: deadline, total: deadline)
  }
}

extension Duration {
  /// `5 s` or `250 ms`.
  var inWords: String {
    let (seconds, attoseconds) = components
    return attoseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
  }

  /// Whole milliseconds, at least 1, as libcurl's options take them.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    return max(1, Int(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000))
  }
}
