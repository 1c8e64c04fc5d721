internal import CPostgres
internal import Synchronization

/// How a transaction sees the work of others, and whether it may write. Source: Postgres manual, 13.2.
package enum TransactionMode: Sendable {
  case readCommitted
  case repeatableRead
  case serializable
  case readCommittedReadOnly
  case repeatableReadReadOnly
  /// Waits for a snapshot that can never fail.
  case serializableReadOnlyDeferrable

  var begin: String {
    switch self {
    case .readCommitted: "begin isolation level read committed read write"
    case .repeatableRead: "begin isolation level repeatable read read write"
    case .serializable: "begin isolation level serializable read write"
    case .readCommittedReadOnly: "begin isolation level read committed read only"
    case .repeatableReadReadOnly: "begin isolation level repeatable read read only"
    case .serializableReadOnlyDeferrable: "begin isolation level serializable read only deferrable"
    }
  }
}

private let transactionIDs = Atomic<UInt64>(1)

extension Connection {
  /// Runs `body` between `begin` and `commit`; an error thrown by it rolls back and is thrown on.
  ///
  /// No other task's statement comes between: they wait. Statements of `body` and of its child tasks belong to the
  /// transaction.
  ///
  /// - Parameter deadline: for everything together, from now; nil lets each statement have its own.
  /// - Throws: what `body` throws, or `PostgresError`. After an error with `outcomeIsUnknown` the transaction may
  ///   have been committed.
  @discardableResult
  package func transaction<T: Sendable>(
    _ mode: TransactionMode = .readCommitted, deadline: Duration? = nil,
    _ body: @Sendable (isolated Connection) async throws -> T
  ) async throws -> T {
    guard !isInsideTransaction else {
      throw PostgresError(.misuse, "a transaction was begun inside another one of the same connection")
    }
    let bound = deadline.map { ContinuousClock.now + $0 }
    try await enter(turn, until: bound ?? .now + settings.statementDeadline)
    defer { turn.leave() }
    let id = transactionIDs.wrappingAdd(1, ordering: .relaxed).oldValue
    let begin = mode.begin
    try await exchange(until: bound ?? .now + settings.statementDeadline) { PQsendQuery($0, begin) }
    transaction = OpenTransaction(id: id, deadline: bound)
    let value: T
    do {
      value = try await Self.$insideTransactions.withValue(Self.insideTransactions + [id]) { try await body(self) }
    } catch {
      await endBody()
      await rollBack()
      throw error
    }
    await endBody()
    try await commit()
    return value
  }

  /// From here on late statements of tasks that outlived the body wait for their turn like all others.
  private func endBody() async {
    transaction = nil
    // One of them may be on the wire still.
    if await wire.enter(until: .now + settings.statementDeadline, cancellable: false) == .ready {
      wire.leave()
    } else {
      discard()
    }
  }

  private func commit() async throws(PostgresError) {
    let results: [ResultStorage]
    do {
      // Not cancellable: the body has finished, and a commit that is stopped half-way leaves doubt.
      results = try await exchange(until: .now + settings.statementDeadline, cancellable: false) {
        PQsendQuery($0, "commit")
      }
    } catch {
      await rollBack()
      throw error
    }
    // Postgres answers the commit of a failed transaction with success and this tag.
    if results.last?.tag == "ROLLBACK" {
      throw PostgresError(
        .sqlState, "the transaction was rolled back, because a statement in it had failed", sqlState: "25P02")
    }
  }

  /// Ends the transaction if it is open; a connection that does not let itself be cleaned is given up.
  private func rollBack() async {
    guard let handle, PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
    do {
      try await exchange(until: .now + Self.drainTime, cancellable: false) { PQsendQuery($0, "rollback") }
    } catch {
      discard()
    }
  }
}
