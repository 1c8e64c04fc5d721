internal import CPostgres

/// How long an exchange still waits, and what is wrong with it already.
struct Patience {
  var deadline: ContinuousClock.Instant
  var isCancellable = true
  /// Why the server was asked to stop; the exchange then goes on until its answers are read.
  var reason: PostgresError?
  var request: BlockingCall<Bool>?
}

extension Connection {
  /// How long a server may take to stop a statement before the connection is given up.
  static let drainTime: Duration = .seconds(2)

  /// Sends with `send`, which returns 1 on success, and reads all answers.
  ///
  /// When the deadline passes or the task is cancelled, the server is asked to stop, and the answers are read all
  /// the same: the connection stays usable, and a statement that was done before it could be stopped is reported
  /// as done. Only when the server does not answer that either, the connection is given up.
  ///
  /// - Returns: the results in order. The caller holds the turn.
  @discardableResult
  func exchange(
    until deadline: ContinuousClock.Instant, cancellable: Bool = true, pipelined: Bool = false,
    _ send: (OpaquePointer) -> Int32
  ) async throws(PostgresError) -> [ResultStorage] {
    guard let handle else { throw closed() }
    guard send(handle) == 1 else {
      // Nothing was sent: too many parameters, or the connection is broken.
      let error = lastError(PQstatus(handle) == CONNECTION_OK ? .misuse : .connectionLost)
      if PQstatus(handle) != CONNECTION_OK || pipelined { discard() }
      throw error
    }
    var patience = Patience(deadline: deadline, isCancellable: cancellable)
    try await flush(&patience)
    let results = try await read(&patience, pipelined: pipelined)
    try await finishRequest(patience)
    deliverNotifications()
    try check(results, patience)
    return results
  }

  /// Writes what libpq holds back, and reads meanwhile: the server may wait for us to read before it reads on.
  private func flush(_ patience: inout Patience) async throws(PostgresError) {
    while true {
      guard let handle else { throw patience.reason ?? closed() }
      switch PQflush(handle) {
      case 1: try await consume([.read, .write], &patience)
      default: return  // also on failure: what the server said before it closed is still to be read
      }
    }
  }

  private func read(_ patience: inout Patience, pipelined: Bool) async throws(PostgresError) -> [ResultStorage] {
    var results: [ResultStorage] = []
    while true {
      guard let handle else { throw patience.reason ?? closed() }
      // On a broken connection PQgetResult does not block: it returns what arrived before, or an error.
      if PQisBusy(handle) == 1, PQstatus(handle) == CONNECTION_OK {
        try await consume(.read, &patience)
        continue
      }
      guard let pointer = PQgetResult(handle) else {
        // In a pipeline NULL ends one statement, the synchronisation point ends all.
        if pipelined, PQstatus(handle) == CONNECTION_OK { continue }
        return results
      }
      let result = ResultStorage(pointer)
      switch result.status {
      case PGRES_PIPELINE_SYNC: return results
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        discard()
        throw PostgresError(.misuse, "COPY is not supported by this driver; the connection was closed")
      default: results.append(result)
      }
    }
  }

  /// Waits for the socket and takes in what arrived.
  private func consume(_ interest: Interest, _ patience: inout Patience) async throws(PostgresError) {
    guard let handle else { throw closed() }
    let outcome = await loop.wait(
      for: PQsocket(handle), interest, until: patience.deadline, cancellable: patience.isCancellable)
    assert(loop.isCurrent, "libpq is used outside of its thread")
    guard self.handle == handle else { throw patience.reason ?? closed() }
    if outcome != .ready { try interrupt(outcome, &patience) }
    PQconsumeInput(handle)
  }

  /// The wait ended early: asks the server to stop, or gives up when it was asked before.
  private func interrupt(_ outcome: WaitOutcome, _ patience: inout Patience) throws(PostgresError) {
    guard let handle else { throw closed() }
    if var reason = patience.reason {
      discard()
      reason.outcomeIsUnknown = true
      reason.message += "; the server did not stop it in time either, the connection was closed"
      throw reason
    }
    let reason =
      outcome == .deadline
      ? PostgresError(.deadline, "\(settings.displayName) did not finish the statement before its deadline")
      : PostgresError(.cancelled, "the statement was cancelled")
    guard let cancel = CancelRequest(handle),
      let request = BlockingCall.start(on: loop, { cancel.deliver() })
    else {
      discard()
      throw reason
    }
    patience.reason = reason
    patience.request = request
    patience.isCancellable = false
    patience.deadline = .now + Self.drainTime
  }

  /// A request that is still under way might stop the next statement instead.
  private func finishRequest(_ patience: Patience) async throws(PostgresError) {
    guard let request = patience.request else { return }
    if await request.value(until: patience.deadline, cancellable: false) == nil { discard() }
  }

  /// Throws the first error among the answers.
  private func check(_ results: [ResultStorage], _ patience: Patience) throws(PostgresError) {
    for (index, result) in results.enumerated() {
      switch result.status {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: continue
      case PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR:
        var error = PostgresError(result, settings: settings)
        if error.kind == .connectionLost {
          error.outcomeIsUnknown = true
          discard()
        } else if error.sqlState == "57014", let reason = patience.reason {
          error = reason
        }
        if let handle, PQstatus(handle) != CONNECTION_OK { discard() }
        error.statement = index
        throw error
      default:
        discard()
        throw PostgresError(.protocolViolation, "the server answered a statement with something unknown")
      }
    }
    if let handle, PQstatus(handle) != CONNECTION_OK { throw lost() }
  }

  private func lost() -> PostgresError {
    var error = lastError(.connectionLost)
    error.outcomeIsUnknown = true
    discard()
    return error
  }

  func closed() -> PostgresError { PostgresError(.closed, "the connection to \(settings.displayName) is closed") }
}
