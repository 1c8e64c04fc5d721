import Synchronization

/// Sends HTTP/1.1 requests over one thread of libcurl, each once and as it is: nothing is repeated, no redirect is
/// followed, nothing of what is sent is logged.
///
/// The thread starts with the first request and ends with the client. Calls may run at the same time; connections
/// stay open between them.
package final class HTTPClient: Sendable {
  private let door: NetworkDoor
  private let loop = Mutex<CurlLoop?>(nil)

  package init(_ door: NetworkDoor = NetworkDoor()) { self.door = door }

  deinit { loop.withLock { $0?.stop() } }

  /// Sends a request and waits for the whole answer, of any status. A cancelled task ends it at once.
  ///
  /// - Throws: only when there is no complete answer.
  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    try await startedLoop().send(request).get()
  }

  /// Returns after `delay`, or at once when the task is cancelled or nothing was ever sent.
  package func pause(for delay: Duration) async { await runningLoop?.pause(delay) }

  private var runningLoop: CurlLoop? { loop.withLock { $0 } }

  /// The transport, started when it is needed first.
  private func startedLoop() throws(TransportError) -> CurlLoop {
    try loop.withLock { (loop) throws(TransportError) -> CurlLoop in
      if let loop { return loop }
      let new = CurlLoop(door: door)
      try new.start()
      loop = new
      return new
    }
  }
}
