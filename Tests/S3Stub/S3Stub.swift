import Glibc
internal import ProcessControl
import Synchronization

/// A strict S3 server in memory, on real sockets of 127.0.0.1, that fails as its script says: what real servers do
/// not show on demand. It checks signatures with its own code, so that it cannot be wrong as the client is.
///
/// One thread for accepting and one a connection, none of them Swift's.
package final class S3Stub: Sendable {
  /// What the service is like.
  package struct Settings: Sendable {
    package var accessKey = "STUBACCESSKEY"
    package var secretKey = "stub/secret+key"
    /// Demanded beside the keys when there is one.
    package var sessionToken: String?
    /// Every request is answered 400 ExpiredToken once its signature is right.
    package var isTokenExpired = false
    package var region = "us-east-1"
    /// Bytes, of every part but the last; AWS has 5 MiB.
    package var minimumPartSize = 5 * 1024 * 1024
    /// What a signature for the wrong region is answered: nil is 400 AuthorizationHeaderMalformed, else this redirect.
    package var regionRedirect: Int?
    package var skewAnswer = SkewAnswer.tooSkewed
    /// What the server's clock is ahead of the machine's.
    package var clockOffset = Duration.zero
    /// Keys that a bulk delete does not delete, and with which code.
    package var undeletable: [String: String] = [:]

    /// How a request of another time is refused.
    package enum SkewAnswer: Sendable {
      /// 403 RequestTimeTooSkewed, as AWS.
      case tooSkewed
      /// 400 AccessDenied and no more, as rclone.
      case denied
    }

    package init() {}
  }

  struct State {
    var service: StubService
    var rules: [FaultRule] = []
    var requests: [StubRequest] = []
    var connections = 0
    var open: Set<CInt> = []
    /// Negative while nobody listens.
    var listener: CInt = -1
    var isStopped = false
  }

  /// Where it listens, also after a restart.
  package let port: Int
  let state: Mutex<State>

  /// Starts listening, with these buckets. Every test stops what it starts.
  package init(_ settings: Settings = Settings(), buckets: [String] = ["bucket"]) throws {
    var service = StubService(settings: settings)
    for name in buckets {
      service.buckets[name] = StubBucket(region: settings.region, created: StubSocket.now())
    }
    state = Mutex(State(service: service))
    let socket = try StubSocket.bound(port: 0)
    port = socket.port
    try StubSocket.startListening(socket.descriptor)
    accept(on: socket.descriptor)
  }

  deinit { stop() }

  /// `http://127.0.0.1:PORT`; the same service as `http://localhost:PORT`, where buckets may be labels of the host.
  package var endpoint: String { "http://127.0.0.1:\(port)" }

  /// Ends every connection and the threads; a second time does nothing.
  package func stop() {
    state.withLock { state in
      state.isStopped = true
      S3Stub.closeEverything(&state)
    }
  }

  /// Goes as a killed server does: every connection breaks and new ones are refused until `comeBack`.
  package func goAway() { state.withLock { S3Stub.closeEverything(&$0) } }

  /// Listens again on the same port, with what it held.
  package func comeBack() throws {
    let socket = try StubSocket.bound(port: port)
    try StubSocket.startListening(socket.descriptor)
    accept(on: socket.descriptor)
  }

  /// Changes what the service is like, from the next request on.
  package func change(_ body: @Sendable (inout Settings) -> Void) {
    state.withLock { body(&$0.service.settings) }
  }

  /// Adds to the script: after `skip` requests that match, the next `times` meet the fault. The first rule that
  /// matches wins.
  ///
  /// - Parameters:
  ///   - operation: nil for all.
  ///   - pathSuffix: the end of the path as it is sent; nil for all.
  package func fail(
    _ operation: StubOperation? = nil, pathSuffix: String? = nil, skip: Int = 0, times: Int = 1,
    with fault: StubFault
  ) {
    state.withLock {
      $0.rules.append(
        FaultRule(fault: fault, operation: operation, pathSuffix: pathSuffix, skip: skip, times: times))
    }
  }

  /// Forgets the rest of the script.
  package func heal() { state.withLock { $0.rules = [] } }

  private static func closeEverything(_ state: inout State) {
    for connection in state.open { shutdown(connection, CInt(SHUT_RDWR)) }
    // Closed by the thread that accepts: a number closed here may belong to another server by its next accept.
    if state.listener >= 0 { shutdown(state.listener, CInt(SHUT_RDWR)) }
    state.listener = -1
  }

  private func accept(on listener: CInt) {
    let isStopped = state.withLock { state in
      if !state.isStopped { state.listener = listener }
      return state.isStopped
    }
    if isStopped { shutdown(listener, CInt(SHUT_RDWR)) }
    let state = StateReference(self)
    let code = DetachedThread.start {
      defer { close(listener) }
      while case let descriptor = StubSocket.accepted(listener), descriptor >= 0 {
        guard let stub = state.stub, stub.take(descriptor) else {
          close(descriptor)
          continue
        }
        let code = DetachedThread.start { stub.serve(descriptor) }
        precondition(code == 0, "no thread for a connection")
      }
    }
    precondition(code == 0, "no thread for the stub")
  }

  /// False when the stub has stopped meanwhile.
  private func take(_ descriptor: CInt) -> Bool {
    state.withLock { state in
      guard state.listener >= 0 else { return false }
      state.connections += 1
      state.open.insert(descriptor)
      return true
    }
  }

  /// Lets a stub that nobody holds end, although its thread waits for connections.
  private struct StateReference: Sendable {
    private final class Box: Sendable {
      weak let stub: S3Stub?
      init(_ stub: S3Stub) { self.stub = stub }
    }

    private let box: Box
    init(_ stub: S3Stub) { box = Box(stub) }
    var stub: S3Stub? { box.stub }
  }
}
