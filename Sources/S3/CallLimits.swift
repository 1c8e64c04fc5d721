internal import HTTPTransport

/// How long each phase of one try may take.
package struct CallLimits: Sendable, Equatable {
  /// Name look-up, TCP and TLS together.
  package var connect: Duration
  /// From the last byte sent to the first byte of the answer.
  package var response: Duration
  /// Without any byte moving.
  package var stall: Duration
  /// One whole try without its body.
  package var total: Duration
  package var retry: RetryPolicy

  package init(
    connect: Duration = .seconds(5), response: Duration = .seconds(30), stall: Duration = .seconds(20),
    total: Duration = .seconds(60), retry: RetryPolicy = RetryPolicy()
  ) {
    self.connect = connect
    self.response = response
    self.stall = stall
    self.total = total
    self.retry = retry
  }

  /// For questions that a person waits for: one try, five seconds.
  package static let probe = CallLimits(
    connect: .seconds(3), response: .seconds(4), stall: .seconds(4), total: .seconds(5), retry: .never)

  /// The deadline of one try that carries `bytes` of body: no slower than 64 KiB a second on the whole.
  private func total(bytes: Int64) -> Duration { total + .seconds(bytes / 65_536) }

  /// What the transport is told about one try.
  ///
  /// - Parameters:
  ///   - bytes: of the request's body.
  ///   - isObject: the answer is an object, whose length is not known yet: it ends by stalling, or by an hour.
  func transfer(of bytes: Int64, isObject: Bool) -> TransferLimits {
    TransferLimits(
      connect: connect, response: response, stall: stall,
      total: isObject ? max(total(bytes: bytes), .seconds(3600)) : total(bytes: bytes))
  }
}
