internal import CPostgres

extension Connection {
  /// Runs one statement with the extended protocol and text results.
  ///
  /// - Parameter deadline: from now, waiting for the turn included; nil takes `settings.statementDeadline`. Inside
  ///   a transaction the transaction's own deadline holds as well.
  /// - Throws: `.sqlState` for what the server refused; `.deadline`, `.cancelled`, `.connectionLost`, `.closed`.
  @discardableResult
  package func query(
    _ sql: String, _ parameters: [Parameter] = [], deadline: Duration? = nil
  ) async throws(PostgresError) -> Rows {
    let encoded = try EncodedParameters(parameters)
    let results = try await statement(deadline) { handle in
      encoded.withPointers { PQsendQueryParams(handle, sql, $0, $1, $2, $3, $4, 0) }
    }
    guard let result = results.last else {
      throw PostgresError(.protocolViolation, "the server answered a statement with nothing")
    }
    return Rows(storage: result)
  }

  /// Runs several statements separated by semicolons, in one implicit transaction unless they hold their own.
  /// For schemas: there are no parameters and no answers.
  package func script(_ sql: String, deadline: Duration? = nil) async throws(PostgresError) {
    try await statement(deadline) { PQsendQuery($0, sql) }
  }

  /// Sends all statements at once and reads all answers: one round trip, in one implicit transaction, so all of
  /// them take effect or none (unless they hold `begin` or `commit`).
  ///
  /// - Throws: the error of the first statement that failed, whose position is in `statement`.
  @discardableResult
  package func pipeline(_ statements: [Statement], deadline: Duration? = nil) async throws(PostgresError) -> [Rows]
  {
    guard !statements.isEmpty else { return [] }
    var encoded: [EncodedParameters] = []
    encoded.reserveCapacity(statements.count)
    for (index, statement) in statements.enumerated() {
      do {
        encoded.append(try EncodedParameters(statement.parameters))
      } catch {
        var error = error
        error.statement = index
        throw error
      }
    }
    let results = try await statement(deadline, pipelined: true) { handle in
      guard PQenterPipelineMode(handle) == 1 else { return 0 }
      for (statement, values) in zip(statements, encoded) {
        let sent = values.withPointers { PQsendQueryParams(handle, statement.sql, $0, $1, $2, $3, $4, 0) }
        guard sent == 1 else { return 0 }
      }
      return PQpipelineSync(handle)
    }
    guard results.count == statements.count else {
      discard()
      throw PostgresError(
        .protocolViolation, "the server answered \(statements.count) statements with \(results.count) results")
    }
    return results.map { Rows(storage: $0) }
  }

  // MARK: - Turns

  /// Waits for the turn, runs `send` and reads the answers.
  @discardableResult
  private func statement(
    _ deadline: Duration?, pipelined: Bool = false, _ send: (OpaquePointer) -> Int32
  ) async throws(PostgresError) -> [ResultStorage] {
    var limit = ContinuousClock.now + (deadline ?? settings.statementDeadline)
    let isInside = isInsideTransaction
    if isInside, let bound = transaction?.deadline { limit = min(limit, bound) }
    let gate = isInside ? wire : turn
    try await enter(gate, until: limit)
    defer { gate.leave() }
    let isRaised = try await raiseServerLimit(for: deadline, until: limit)
    do {
      let results = try await exchange(until: limit, pipelined: pipelined, send)
      leavePipeline(pipelined)
      await restoreServerLimit(isRaised)
      return results
    } catch {
      leavePipeline(pipelined)
      await restoreServerLimit(isRaised)
      throw error
    }
  }

  /// Enters a gate or says why not.
  func enter(_ gate: Gate, until deadline: ContinuousClock.Instant, cancellable: Bool = true)
    async throws(PostgresError)
  {
    if cancellable, Task.isCancelled {
      throw PostgresError(.cancelled, "the statement was cancelled before it began")
    }
    switch await gate.enter(until: deadline, cancellable: cancellable) {
    case .ready:
      guard handle == nil else { return }
      gate.leave()
      throw closed()
    case .deadline:
      throw PostgresError(.deadline, "other statements held the connection until the deadline; nothing was sent")
    case .cancelled:
      throw PostgresError(.cancelled, "the statement was cancelled before it began")
    }
  }

  private func leavePipeline(_ pipelined: Bool) {
    guard pipelined, let handle, PQexitPipelineMode(handle) == 0 else { return }
    discard()
  }

  /// The server's limit must not end a statement that was given more time than usual.
  private func raiseServerLimit(
    for deadline: Duration?, until limit: ContinuousClock.Instant
  ) async throws(PostgresError) -> Bool {
    guard let deadline, deadline > settings.statementDeadline else { return false }
    let raised = deadline + ConnectionSettings.serverMargin
    try await exchange(until: limit) { PQsendQuery($0, "set statement_timeout to \(raised.milliseconds)") }
    return true
  }

  private func restoreServerLimit(_ isRaised: Bool) async {
    // In a failed transaction nothing can be set, and its rollback takes the raise back.
    guard isRaised, let handle, PQtransactionStatus(handle) != PQTRANS_INERROR else { return }
    do {
      try await exchange(until: .now + Self.drainTime, cancellable: false) {
        PQsendQuery($0, "set statement_timeout to \(serverLimit.milliseconds)")
      }
    } catch {
      discard()
    }
  }
}
