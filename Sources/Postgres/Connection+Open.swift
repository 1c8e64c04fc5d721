internal import BundleModel
internal import CPostgres

extension Connection {
  /// One server to try: what people call it, and the address found for the name.
  private struct Target {
    let host: ConnectionSettings.Host?
    let address: String?
  }

  /// Tries the hosts in order until one takes the login.
  func open() async throws(PostgresError) {
    let deadline = ContinuousClock.now + settings.connectDeadline
    let targets = try await resolve(until: deadline)
    var last: PostgresError?
    for (index, target) in targets.enumerated() {
      // A host that swallows packets must leave time for the ones behind it.
      let share = (deadline - .now) / (targets.count - index)
      do {
        try await attempt(target, until: .now + share)
        return
      } catch {
        discardAttempt()
        // A server that answered and refused the login would do so again.
        guard error.kind == .unreachable || error.kind == .deadline || error.isTransient else { throw error }
        last = error
      }
    }
    throw last ?? unreachable("no address")
  }

  /// Names become addresses on another thread: libpq would block all connections of the loop for it.
  private func resolve(until deadline: ContinuousClock.Instant) async throws(PostgresError) -> [Target] {
    guard !settings.hosts.isEmpty else { return [Target(host: nil, address: nil)] }
    let given = settings.options.reveal()["hostaddr"]?.split(separator: ",").map(String.init) ?? []
    var targets: [Target] = []
    for (index, host) in settings.hosts.enumerated() {
      if given.count == settings.hosts.count {
        targets.append(Target(host: host, address: given[index]))
      } else if host.isSocketDirectory || host.name.isEmpty {
        targets.append(Target(host: host, address: nil))
      } else if NameResolution.isAddress(host.name) {
        targets.append(Target(host: host, address: host.name))
      } else {
        let name = host.name
        let call = BlockingCall.start(on: loop) { NameResolution.addresses(of: name) }
        let found = await call?.value(until: deadline, cancellable: true) ?? []
        if Task.isCancelled {
          throw PostgresError(.cancelled, "connecting to \(settings.displayName) was cancelled")
        }
        targets += found.map { Target(host: host, address: $0) }
      }
    }
    if targets.isEmpty { throw unreachable("the host name was not found in time") }
    return targets
  }

  private func attempt(_ target: Target, until deadline: ContinuousClock.Instant) async throws(PostgresError) {
    var keywords = settings.keywords.filter { $0.0 != "hostaddr" }
    if let host = target.host {
      if !host.name.isEmpty { keywords.append(("host", host.name)) }
      keywords.append(("port", String(host.port)))
    }
    if let address = target.address { keywords.append(("hostaddr", address)) }
    guard let handle = Self.start(keywords) else {
      throw PostgresError(.unreachable, "no memory for a connection to \(settings.displayName)")
    }
    self.handle = handle
    guard PQstatus(handle) != CONNECTION_BAD else { throw unreachable() }
    cpostgres_silence_notices(handle)
    // Only the verbose form tells the error code of a refused login.
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
    try await finishHandshake(handle, until: deadline)
    PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
    guard PQsetnonblocking(handle, 1) == 0 else { throw unreachable() }
    serverLimit = settings.statementDeadline + ConnectionSettings.serverMargin
    try await exchange(until: deadline, { PQsendQuery($0, settings.prologue) })
  }

  private func finishHandshake(
    _ handle: OpaquePointer, until deadline: ContinuousClock.Instant
  ) async throws(PostgresError) {
    // Just started, it is as if the last PQconnectPoll had asked for writing.
    var next = PGRES_POLLING_WRITING
    while next != PGRES_POLLING_OK {
      // The socket changes between turns: another address, or the same again without TLS.
      let interest: Interest = next == PGRES_POLLING_READING ? .read : .write
      switch await loop.wait(for: PQsocket(handle), interest, until: deadline) {
      case .ready: break
      case .deadline:
        throw PostgresError(
          .deadline, "\(settings.displayName) did not answer within \(settings.connectDeadline) of connecting")
      case .cancelled: throw PostgresError(.cancelled, "connecting to \(settings.displayName) was cancelled")
      }
      guard self.handle == handle else { throw PostgresError(.closed, "closed while connecting") }
      next = PQconnectPoll(handle)
      if next == PGRES_POLLING_FAILED, PQconnectionNeedsPassword(handle) == 1 {
        throw PostgresError(.authentication, "\(settings.displayName) asks for a password, and none was given")
      }
      guard next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING || next == PGRES_POLLING_OK else {
        throw unreachable()
      }
    }
  }

  /// Keyword arrays instead of a URI: libpq's errors quote malformed URIs.
  private static func start(_ keywords: [(String, String)]) -> OpaquePointer? {
    var bytes: [CChar] = []
    var starts: [(Int, Int)] = []
    for (keyword, value) in keywords {
      let keywordStart = bytes.count
      bytes += keyword.utf8CString
      starts.append((keywordStart, bytes.count))
      bytes += value.utf8CString
    }
    defer { for index in bytes.indices { bytes[index] = 0 } }  // the password was among them
    return bytes.withUnsafeBufferPointer { buffer in
      let base = buffer.baseAddress!  // `keywords` always holds some
      let names: [UnsafePointer<CChar>?] = starts.map { base + $0.0 } + [nil]
      let values: [UnsafePointer<CChar>?] = starts.map { base + $0.1 } + [nil]
      return PQconnectStartParams(names, values, 0)
    }
  }

  private func discardAttempt() {
    guard let handle else { return }
    self.handle = nil
    loop.forget(PQsocket(handle))
    PQfinish(handle)
  }

  private func unreachable(_ why: String? = nil) -> PostgresError {
    var error = why.map { PostgresError(.unreachable, $0) } ?? lastError(.unreachable)
    error.message = "cannot connect to \(settings.displayName): \(error.message)"
    return error
  }
}
