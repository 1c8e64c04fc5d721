internal import Glibc
internal import ProcessControl
internal import Synchronization
import TestSupport

/// Hands bytes on between pods and a server, and stops a conversation exactly where a scenario wants it.
///
/// One thread; a hold is of one connection, all others go on. Ended with `end`.
final class HoldingProxy: Sendable {
  /// Where a conversation is stopped, once.
  struct Hold: Sendable {
    /// What the scenario calls it.
    var name: String
    /// The client says all of this in one go.
    var needles: [String]
    var point: Point
  }

  enum Point: Equatable, Sendable {
    /// Before the server hears it.
    case request
    /// After so many bytes of it.
    case body(after: Int)
    /// The next commit of the same connection is done, and nobody hears that it is.
    case answerToCommit
  }

  private struct State {
    var holds: [Hold] = []
    var reached: Set<String> = []
    var isReleased = false
    /// Nothing arrives any more, not even an end, on connections that exist; and on new ones.
    var killsOld = false
    var swallowsNew = false
    var isEnded = false
  }

  /// Where pods connect to.
  let port: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - target: the server's port on 127.0.0.1.
  ///   - listener: a listening socket, also of another network namespace; nil makes one on 127.0.0.1.
  init(to target: Int, listener: ListeningSocket? = nil) throws {
    let listener = try listener ?? ListeningSocket()
    port = listener.port
    let descriptor = listener.descriptor
    guard DetachedThread.start({ [self] in Conversations(listener: descriptor, target: target).run(self) }) == 0
    else {
      throw TestSupportError("no thread for a proxy")
    }
  }

  /// Adds a hold.
  func hold(_ name: String, at point: Point, when needles: String...) {
    state.withLock { $0.holds.append(Hold(name: name, needles: needles, point: point)) }
  }

  /// Whether a hold stops somebody now, or did.
  func isReached(_ name: String) -> Bool { state.withLock { $0.reached.contains(name) } }

  /// Lets all go on that are held; nobody is held from now on.
  func release() {
    state.withLock {
      $0.isReleased = true
      $0.holds = []
    }
  }

  /// As when a network is cut: the conversations of now are dead, and so are new ones if asked for.
  func silence(newOnes: Bool) {
    state.withLock {
      $0.killsOld = true
      $0.swallowsNew = newOnes
    }
  }

  /// New connections work again; the old ones stay dead.
  func heal() { state.withLock { $0.swallowsNew = false } }

  func end() { state.withLock { $0.isEnded = true } }

  // MARK: - For the thread

  struct Orders {
    var isReleased, killsOld, swallowsNew, isEnded: Bool
  }

  /// What is to be done; killing is told once.
  fileprivate func orders() -> Orders {
    state.withLock { state in
      defer { state.killsOld = false }
      return Orders(
        isReleased: state.isReleased, killsOld: state.killsOld, swallowsNew: state.swallowsNew,
        isEnded: state.isEnded)
    }
  }

  /// Takes the hold that these bytes of a client meet.
  fileprivate func match(_ bytes: ArraySlice<UInt8>) -> Hold? {
    state.withLock { state in
      guard let index = state.holds.firstIndex(where: { $0.needles.allSatisfy(bytes.says) }) else { return nil }
      return state.holds.remove(at: index)
    }
  }

  fileprivate func reach(_ name: String) { state.withLock { _ = $0.reached.insert(name) } }
}

/// The open connections of a proxy; only its thread touches them.
private struct Conversations {
  struct Pair {
    var client: Int32
    var server: Int32
    var isDead = false
    /// What the server does not get yet.
    var waiting: [UInt8]?
    var answerWaits = false
    var awaitsCommit: String?
    /// The name, and how many bytes may still pass.
    var body: (name: String, left: Int)?
  }

  let listener: Int32
  let target: Int
  var pairs: [Pair] = []

  init(listener: Int32, target: Int) {
    self.listener = listener
    self.target = target
  }

  consuming func run(_ proxy: HoldingProxy) {
    var open = self
    while true {
      let orders = proxy.orders()
      if orders.isEnded { break }
      if orders.killsOld { for index in open.pairs.indices { open.pairs[index].isDead = true } }
      if orders.isReleased { open.release() }
      open.turn(proxy, swallowsNew: orders.swallowsNew)
    }
    for pair in open.pairs { Self.close(pair) }
    Glibc.close(open.listener)
  }

  private mutating func release() {
    for index in pairs.indices where !pairs[index].isDead {
      pairs[index].body = nil
      pairs[index].answerWaits = false
      if let waiting = pairs[index].waiting {
        pairs[index].waiting = nil
        pairs[index].isDead = !sendAll(waiting[...], to: pairs[index].server)
        if pairs[index].isDead { shutDown(pairs[index]) }
      }
    }
  }

  /// Waits for whatever comes, at most 20 ms, and hands it on.
  private mutating func turn(_ proxy: HoldingProxy, swallowsNew: Bool) {
    let end: Int16 = 0x2000  // POLLRDHUP, poll(2): the other side will say nothing more
    var polled = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
    for pair in pairs {
      polled.append(
        pollfd(fd: pair.isDead ? -1 : pair.client, events: pair.waiting == nil ? Int16(POLLIN) : end, revents: 0))
      polled.append(
        pollfd(fd: pair.isDead ? -1 : pair.server, events: pair.answerWaits ? end : Int16(POLLIN), revents: 0))
    }
    guard poll(&polled, nfds_t(polled.count), 20) > 0 else { return }
    var ended: [Int] = []
    for index in pairs.indices {
      let (fromClient, fromServer) = (polled[1 + 2 * index].revents, polled[2 + 2 * index].revents)
      var goesOn = true
      if fromClient != 0 { goesOn = pairs[index].waiting == nil && takeRequest(index, proxy) }
      if goesOn, fromServer != 0 { goesOn = !pairs[index].answerWaits && takeAnswer(index) }
      if !goesOn { ended.append(index) }
    }
    for index in ended.reversed() {
      Self.close(pairs[index])
      pairs.remove(at: index)
    }
    if polled[0].revents != 0 { accept(isSilent: swallowsNew) }
  }

  private mutating func accept(isSilent: Bool) {
    let client = Glibc.accept(listener, nil, nil)
    guard client >= 0 else { return }
    guard let server = ListeningSocket.connect(to: target) else {
      Glibc.close(client)
      return
    }
    pairs.append(Pair(client: client, server: server, isDead: isSilent))
  }

  /// Hands on what the client says, or holds it. False at its end.
  private mutating func takeRequest(_ index: Int, _ proxy: HoldingProxy) -> Bool {
    guard let bytes = receive(from: pairs[index].client) else { return false }
    if let name = pairs[index].awaitsCommit, bytes.says("commit") {
      pairs[index].awaitsCommit = nil
      pairs[index].answerWaits = true
      proxy.reach(name)
    } else if pairs[index].body == nil, let hold = proxy.match(bytes.prefix(8192)) {
      switch hold.point {
      case .request:
        pairs[index].waiting = Array(bytes)
        proxy.reach(hold.name)
        return true
      case .body(let after): pairs[index].body = (hold.name, after)
      case .answerToCommit: pairs[index].awaitsCommit = hold.name
      }
    }
    guard var body = pairs[index].body else { return sendAll(bytes, to: pairs[index].server) }
    let now = bytes.prefix(body.left)
    body.left -= now.count
    pairs[index].body = body
    if body.left == 0 {
      pairs[index].waiting = Array(bytes.dropFirst(now.count))
      proxy.reach(body.name)
    }
    return sendAll(now, to: pairs[index].server)
  }

  private func takeAnswer(_ index: Int) -> Bool {
    guard let bytes = receive(from: pairs[index].server) else { return false }
    return sendAll(bytes, to: pairs[index].client)
  }

  private func receive(from descriptor: Int32) -> ArraySlice<UInt8>? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &buffer, buffer.count)
    return count > 0 ? buffer[..<count] : nil
  }

  private func sendAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private func shutDown(_ pair: Pair) {
    shutdown(pair.client, Int32(SHUT_RDWR))
    shutdown(pair.server, Int32(SHUT_RDWR))
  }

  private static func close(_ pair: Pair) {
    Glibc.close(pair.client)
    Glibc.close(pair.server)
  }
}

extension ArraySlice<UInt8> {
  /// Whether the text is among the bytes.
  fileprivate func says(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard count >= wanted.count, let first = wanted.first else { return wanted.isEmpty }
    return withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      var from = 0
      while from + wanted.count <= bytes.count,
        let hit = memchr(base + from, Int32(first), bytes.count - wanted.count + 1 - from)
      {
        if memcmp(hit, wanted, wanted.count) == 0 { return true }
        from = base.distance(to: UnsafeRawPointer(hit)) + 1
      }
      return false
    }
  }
}
