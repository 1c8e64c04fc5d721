internal import CPostgres

/// One connection to a server. Its jobs run on the thread of an event loop, so does every call of libpq.
///
/// Statements of several tasks are answered one after the other in the order of their arrival. A connection that
/// broke stays broken: `isUsable` says so, a `Pool` makes new ones.
package actor Connection {
  /// The transactions whose bodies the task is inside of: its statements pass the queue of those connections.
  @TaskLocal static var insideTransactions: [UInt64] = []

  /// The transaction whose body runs now.
  struct OpenTransaction {
    let id: UInt64
    let deadline: ContinuousClock.Instant?
  }

  nonisolated let loop: EventLoop
  package nonisolated let settings: ConnectionSettings
  /// Notifications of the channels that `listen` named; the oldest are dropped while nobody reads.
  package nonisolated let notifications: AsyncStream<Notification>
  nonisolated let notified: AsyncStream<Notification>.Continuation

  /// nil once the connection is closed or was given up.
  var handle: OpaquePointer?
  /// Held by a statement or by a whole transaction.
  let turn: Gate
  /// Held by a statement inside a transaction.
  let wire: Gate
  var transaction: OpenTransaction?
  var watch: Task<Void, Never>?
  /// Why the connection broke while no statement was under way.
  var idleLoss: PostgresError?
  /// The server's own limit for a statement as last set.
  var serverLimit: Duration

  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Opens a connection.
  ///
  /// - Throws: `.unreachable`, `.authentication`, `.deadline` or what the server said, within
  ///   `settings.connectDeadline`.
  package static func connect(_ settings: ConnectionSettings) async throws(PostgresError) -> Connection {
    let connection = Connection(settings, .shared)
    try await connection.open()
    return connection
  }

  private init(_ settings: ConnectionSettings, _ loop: EventLoop) {
    self.settings = settings
    self.loop = loop
    turn = Gate(loop: loop)
    wire = Gate(loop: loop)
    serverLimit = settings.statementDeadline + ConnectionSettings.serverMargin
    (notifications, notified) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1024))
  }

  isolated deinit { discard() }

  /// False once the connection is closed or broken.
  package var isUsable: Bool { handle.map { PQstatus($0) == CONNECTION_OK } ?? false }

  /// True while a statement or a transaction has the turn.
  package var isBusy: Bool { turn.isTaken }

  /// The number of the server's process, as in `pg_stat_activity.pid`; nil when closed.
  package var backendPID: Int32? { handle.map { PQbackendPID($0) } }

  /// True when the server has no transaction open.
  var isOutsideTransaction: Bool { handle.map { PQtransactionStatus($0) == PQTRANS_IDLE } ?? false }

  /// True for a task inside the body of the transaction that is open now.
  var isInsideTransaction: Bool { transaction.map { Self.insideTransactions.contains($0.id) } ?? false }

  /// Waits for the statements under way, at most for the statement deadline, and closes. Later calls do nothing.
  package func close() async {
    guard handle != nil else { return }
    let outcome = await turn.enter(until: .now + settings.statementDeadline, cancellable: false)
    discard()
    if outcome == .ready { turn.leave() }
  }

  /// Closes at once; whoever waits for an answer gets `.closed`.
  func discard() {
    guard let handle else { return }
    self.handle = nil
    loop.forget(PQsocket(handle))
    PQfinish(handle)
    watch?.cancel()
    notified.finish()
  }

  /// True when the server has not closed the connection meanwhile: one system call, no round trip.
  func probe() -> Bool {
    guard let handle else { return false }
    var isAlive = PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE
    switch cpostgres_look(PQsocket(handle)) {
    case CPOSTGRES_QUIET: break
    // Notifications may come at any time. Anything else is most likely the farewell of the server.
    case CPOSTGRES_INPUT where isAlive: isAlive = PQconsumeInput(handle) == 1 && deliverNotifications() > 0
    default: isAlive = false
    }
    if !isAlive { discard() }
    return isAlive
  }

  /// What libpq last said about this connection.
  func lastError(_ kind: PostgresError.Kind) -> PostgresError {
    let text = handle.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? ""
    return PostgresError(libpq: text, kind: kind, settings: settings)
  }
}
