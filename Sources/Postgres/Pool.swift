internal import Synchronization

/// A few connections that many tasks share.
///
/// Connections are opened when they are needed, and replaced when they broke. After a failed attempt the next one
/// waits, longer each time, up to two seconds: a server that comes back is not stormed.
package final class Pool: Sendable {
  package let settings: ConnectionSettings
  /// The most connections that are open at once.
  package let size: Int
  let loop = EventLoop.shared
  let state = Mutex(PoolState())

  package init(_ settings: ConnectionSettings, size: Int = 4) {
    precondition(size > 0, "a pool needs room for a connection")
    self.settings = settings
    self.size = size
  }

  /// Runs `body` with a connection of its own; no other task uses it meanwhile.
  ///
  /// - Parameter deadline: for getting the connection, from now; nil takes `settings.statementDeadline`.
  @discardableResult
  package func withConnection<T: Sendable>(
    deadline: Duration? = nil, _ body: @Sendable (isolated Connection) async throws -> T
  ) async throws -> T {
    let limit = ContinuousClock.now + (deadline ?? settings.statementDeadline)
    while true {
      let connection = try await acquire(until: limit)
      do {
        let (value, isIdle) = try await connection.ifAlive(body)
        isIdle ? pass(.connection(connection)) : await drop(connection)
        if let value { return value }
        // The server had closed it meanwhile, which costs nothing but another look.
      } catch {
        await connection.isIdle ? pass(.connection(connection)) : await drop(connection)
        throw error
      }
    }
  }

  /// Closes what is idle now, and what is in use when it comes back. Later calls fail with `.closed`.
  package func close() async {
    let (idle, waiting) = state.withLock { state in
      state.isClosed = true
      defer {
        state.open -= state.idle.count
        state.idle = []
        state.queue = []
      }
      return (state.idle, state.queue)
    }
    for id in waiting { loop.wake(id) }
    for connection in idle { await connection.close() }
  }

  /// Connections that are idle, in use, or being opened.
  package var openCount: Int { state.withLock { $0.open } }

  /// Tasks that wait for a connection.
  package var waitingCount: Int { state.withLock { $0.queue.count } }

  /// All of it at one moment.
  package var counts: (open: Int, idle: Int, waiting: Int) {
    state.withLock { ($0.open, $0.idle.count, $0.queue.count) }
  }

  // MARK: - Connections

  private func acquire(until limit: ContinuousClock.Instant) async throws(PostgresError) -> Connection {
    switch try await permit(until: limit) {
    case .connection(let connection): return connection
    case .room: return try await open(until: limit)
    }
  }

  /// Waits for an idle connection, or for room to open one.
  private func permit(until limit: ContinuousClock.Instant) async throws(PostgresError) -> PoolState.Permit {
    if Task.isCancelled { throw PostgresError(.cancelled, "waiting for a connection was cancelled") }
    if state.withLock({ $0.isClosed }) { throw closedError }
    if let permit = state.withLock({ $0.take(size: size) }) { return permit }
    var waiter: UInt64 = 0
    let outcome = await loop.park(until: limit) { id in
      waiter = id
      let isServed = state.withLock { state in
        if state.isClosed { return true }
        guard let permit = state.take(size: size) else {
          state.queue.append(id)
          return false
        }
        state.granted[id] = permit
        return true
      }
      if isServed { loop.wake(id) }
    }
    let permit = state.withLock { state in
      state.queue.removeAll { $0 == waiter }
      return state.granted.removeValue(forKey: waiter)
    }
    if let permit {
      // Granted in the same moment as the deadline passed or the task was cancelled: used all the same.
      return permit
    }
    switch outcome {
    case .ready: throw closedError
    case .deadline:
      throw PostgresError(
        .deadline, "all \(size) connections to \(settings.displayName) were in use until the deadline")
    case .cancelled: throw PostgresError(.cancelled, "waiting for a connection was cancelled")
    }
  }

  /// Opens a connection in the room that was taken for it.
  private func open(until limit: ContinuousClock.Instant) async throws(PostgresError) -> Connection {
    do {
      try await pause(until: limit)
      var settings = settings
      settings.connectDeadline = max(.milliseconds(1), min(settings.connectDeadline, limit - .now))
      let connection = try await Connection.connect(settings)
      state.withLock { $0.backoff.reset() }
      return connection
    } catch {
      if error.kind != .cancelled, error.kind != .closed { state.withLock { _ = $0.backoff.failed(error) } }
      pass(.room)
      throw error
    }
  }

  /// Waits while an earlier failure asks for it; fails with that failure when the deadline does not allow it.
  private func pause(until limit: ContinuousClock.Instant) async throws(PostgresError) {
    guard let (next, error) = state.withLock({ $0.backoff.pending }) else { return }
    guard next < limit else { throw error }
    if await loop.park(until: next) == .cancelled {
      throw PostgresError(.cancelled, "waiting for a connection was cancelled")
    }
  }

  private func drop(_ connection: Connection) async {
    await connection.discard()
    pass(.room)
  }

  /// Hands a connection or room to the first who still waits, or keeps it.
  private func pass(_ permit: PoolState.Permit) {
    let surplus: Connection? = state.withLock { state in
      while let next = state.queue.popFirst() {
        state.granted[next] = permit
        if loop.wake(next) { return nil }
        state.granted[next] = nil
      }
      guard case .connection(let connection) = permit else {
        state.open -= 1
        return nil
      }
      if state.isClosed {
        state.open -= 1
        return connection
      }
      state.idle.append(connection)
      return nil
    }
    if let surplus { Task { await surplus.close() } }
  }

  private var closedError: PostgresError {
    PostgresError(.closed, "the connections to \(settings.displayName) were closed")
  }
}

/// What a pool has and who waits for it.
struct PoolState {
  enum Permit {
    case connection(Connection)
    /// The right to open one.
    case room
  }

  /// The one used last is taken first, so that surplus ones stay idle.
  var idle: [Connection] = []
  /// Idle, in use, or being opened.
  var open = 0
  var queue: ArraySlice<UInt64> = []
  /// What was handed to a waiter who has not taken it up yet.
  var granted: [UInt64: Permit] = [:]
  var isClosed = false
  var backoff = Backoff(first: .milliseconds(50), longest: .seconds(2))

  mutating func take(size: Int) -> Permit? {
    if let connection = idle.popLast() { return .connection(connection) }
    guard open < size else { return nil }
    open += 1
    return .room
  }
}
