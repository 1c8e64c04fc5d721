internal import CPostgres

/// Somebody called `notify`.
package struct Notification: Sendable, Hashable {
  package let channel: String
  package let payload: String
  /// The server process of the sender.
  package let backendPID: Int32
}

extension Connection {
  /// Subscribes to a channel: from the return on its notifications appear in `notifications`.
  package func listen(_ channel: String) async throws(PostgresError) {
    guard !channel.utf8.contains(0), !channel.isEmpty else {
      throw PostgresError(.misuse, "a channel needs a name without NUL characters")
    }
    let quoted = channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    try await query("listen \"\(quoted)\"")
    startWatch()
  }

  /// Passes on what libpq has read; returns how many.
  @discardableResult
  func deliverNotifications() -> Int {
    guard let handle else { return 0 }
    var count = 0
    while let pointer = PQnotifies(handle) {
      let notification = Notification(
        channel: String(cString: pointer.pointee.relname), payload: String(cString: pointer.pointee.extra),
        backendPID: pointer.pointee.be_pid)
      PQfreemem(pointer)
      notified.yield(notification)
      count += 1
    }
    return count
  }

  /// Reads the socket while no statement does. Holds the connection only while it looks, so that it can end.
  private func startWatch() {
    guard watch == nil, let handle else { return }
    let socket = PQsocket(handle)
    let loop = loop
    watch = Task { [weak self] in
      while await loop.wait(for: socket, .read, until: nil) == .ready {
        guard let self, await self.readIdle() else { return }
      }
    }
  }

  /// False when the connection is gone.
  private func readIdle() -> Bool {
    guard let handle else { return false }
    // A statement under way reads for itself, and says why when it cannot.
    guard PQtransactionStatus(handle) != PQTRANS_ACTIVE else { return true }
    let isOpen = PQconsumeInput(handle) == 1
    deliverNotifications()
    if !isOpen {
      idleLoss = lastError(.connectionLost)
      discard()
    }
    return isOpen
  }
}
