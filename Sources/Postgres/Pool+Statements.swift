extension Pool {
  /// `Connection.query` on any connection. The deadline covers getting the connection as well.
  @discardableResult
  package func query(
    _ sql: String, _ parameters: [Parameter] = [], deadline: Duration? = nil
  ) async throws(PostgresError) -> Rows {
    try await statement(deadline) { connection, rest throws(PostgresError) in
      try await connection.query(sql, parameters, deadline: rest)
    }
  }

  /// `Connection.script` on any connection.
  package func script(_ sql: String, deadline: Duration? = nil) async throws(PostgresError) {
    try await statement(deadline) { connection, rest throws(PostgresError) in
      try await connection.script(sql, deadline: rest)
    }
  }

  /// `Connection.pipeline` on any connection.
  @discardableResult
  package func pipeline(_ statements: [Statement], deadline: Duration? = nil) async throws(PostgresError) -> [Rows]
  {
    try await statement(deadline) { connection, rest throws(PostgresError) in
      try await connection.pipeline(statements, deadline: rest)
    }
  }

  /// `Connection.transaction` on any connection.
  ///
  /// - Parameter retrying: how often `body` may be run again after a serialization failure or a deadlock (40001,
  ///   40P01), which roll everything back. `body` must not have effects outside of the database then.
  @discardableResult
  package func transaction<T: Sendable>(
    _ mode: TransactionMode = .readCommitted, retrying: Int = 0, deadline: Duration? = nil,
    _ body: @Sendable (isolated Connection) async throws -> T
  ) async throws -> T {
    let limit = deadline.map { ContinuousClock.now + $0 }
    var backoff = Backoff(first: .milliseconds(5), longest: .milliseconds(200))
    var attempts = 0
    while true {
      do {
        return try await withConnection(deadline: limit.map { $0 - .now }) { connection in
          try await connection.transaction(mode, deadline: limit.map { $0 - .now }, body)
        }
      } catch let error as PostgresError where error.isSerializationFailure && attempts < retrying {
        attempts += 1
        let pause = backoff.failed(error)
        if await loop.park(until: .now + pause) == .cancelled { throw error }
      }
    }
  }

  private func statement<T: Sendable>(
    _ deadline: Duration?,
    _ run: @Sendable (isolated Connection, Duration?) async throws(PostgresError) -> T
  ) async throws(PostgresError) -> T {
    let begin = ContinuousClock.now
    do {
      return try await withConnection(deadline: deadline) { connection in
        // What is left; more than the usual limit only if the caller gave more.
        let whole = deadline ?? connection.settings.statementDeadline
        return try await run(connection, max(whole - (.now - begin), .milliseconds(1)))
      }
    } catch let error as PostgresError {
      throw error
    } catch {
      throw PostgresError(.misuse, "a statement threw something else than PostgresError")
    }
  }
}

extension Connection {
  /// True when the next user may have it.
  var isIdle: Bool { isUsable && transaction == nil && isOutsideTransaction }

  /// Runs `body`, and says whether the next user may have the connection; the value is nil when the server had
  /// closed it meanwhile. All in one hop.
  func ifAlive<T: Sendable>(
    _ body: @Sendable (isolated Connection) async throws -> T
  ) async throws -> (value: T?, isIdle: Bool) {
    guard probe() else { return (nil, false) }
    let value = try await body(self)
    return (value, isIdle)
  }
}
