/// Where a streamed body goes. A write returns when the network has taken what came before: there is back-pressure.
package protocol ByteSink: Sendable {
  /// Sends bytes. Throws when the client has gone or the pod is going.
  func write(_ bytes: [UInt8]) async throws
}
