internal import CPostgres

/// What is needed to ask the server to stop the statement of a connection.
final class CancelRequest: Sendable {
  // PQcancel may be called from any thread (libpq manual, 34.7); only the deinit frees the object.
  nonisolated(unsafe) private let request: OpaquePointer

  /// Nil when the connection is closed.
  init?(_ connection: OpaquePointer) {
    guard let request = PQgetCancel(connection) else { return nil }
    self.request = request
  }

  deinit { PQfreeCancel(request) }

  /// Opens a connection of its own and waits for the server to close it: blocks. True when the request was
  /// delivered, which does not say that there was something to stop.
  func deliver() -> Bool {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
      PQcancel(request, message.baseAddress, Int32(message.count)) == 1
    }
  }
}
