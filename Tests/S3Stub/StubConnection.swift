import Glibc

/// One accepted connection, read and written by its own thread. Every call ends when the connection is shut down.
struct StubConnection {
  let descriptor: CInt
  /// Arrived and not yet taken.
  private var buffer: [UInt8] = []
  /// POLLRDHUP of poll(2), which the module map hides behind _GNU_SOURCE.
  private static let peerHasGone: Int16 = 0x2000

  init(descriptor: CInt) { self.descriptor = descriptor }

  /// The next head without its empty line; nil when the client has gone or says too much.
  mutating func readHead() -> [UInt8]? {
    var scanned = 0
    while true {
      while scanned + 3 < buffer.count {
        if buffer[scanned] == 13, buffer[scanned + 1] == 10, buffer[scanned + 2] == 13, buffer[scanned + 3] == 10 {
          let head = Array(buffer[..<scanned])
          buffer.removeFirst(scanned + 4)
          return head
        }
        scanned += 1
      }
      guard buffer.count < 64 * 1024, receive(64 * 1024) else { return nil }
    }
  }

  /// Up to `count` bytes of body: all of them, or what came before the client went.
  mutating func readBody(_ count: Int) -> [UInt8] {
    while buffer.count < count, receive(count - buffer.count) {}
    let body = Array(buffer.prefix(count))
    buffer.removeFirst(body.count)
    return body
  }

  private mutating func receive(_ most: Int) -> Bool {
    let size = max(1, min(most, 1 << 20))
    let descriptor = descriptor
    let piece = [UInt8](unsafeUninitializedCapacity: size) { space, count in
      var got: Int
      repeat { got = recv(descriptor, space.baseAddress, size, 0) } while got < 0 && errno == EINTR
      count = max(0, got)
    }
    buffer += piece
    return !piece.isEmpty
  }

  /// Sends everything; false when the client has gone.
  @discardableResult
  func send(_ bytes: some Collection<UInt8>) -> Bool {
    let bytes = Array(bytes)
    return bytes.withUnsafeBytes { space in
      var sent = 0
      while sent < space.count {
        let count = Glibc.send(
          descriptor, space.baseAddress.map { $0 + sent }, space.count - sent, CInt(MSG_NOSIGNAL))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  /// Waits until the client goes away or `milliseconds` have passed; a negative number is for ever. True when it
  /// has gone.
  func waitForEnd(milliseconds: CInt) -> Bool {
    var entry = pollfd(fd: descriptor, events: StubConnection.peerHasGone, revents: 0)
    return poll(&entry, 1, milliseconds) > 0
  }

  /// Ends the connection in order, also while a child of this process holds the descriptor too.
  func hangUp() { shutdown(descriptor, CInt(SHUT_RDWR)) }

  /// Breaks the connection: the client sees a reset. By connect(2) to nowhere, which works also while a child of
  /// this process holds the descriptor too; a lingering close does not.
  func reset() {
    var nowhere = sockaddr()
    nowhere.sa_family = sa_family_t(AF_UNSPEC)
    _ = connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
  }
}
