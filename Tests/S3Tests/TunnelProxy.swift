import Glibc
import ProcessControl
import Synchronization
import TestSupport

/// Something between client and server: an HTTP proxy that knows CONNECT alone and one way, to a port of 127.0.0.1,
/// whatever is asked for; or a line that breaks.
final class TunnelProxy: Sendable {
  private struct State {
    /// Bytes from the server after which each of the next connections breaks.
    var cuts: [Int]
    var heads: [String] = []
    var connections = 0
    var open: Set<CInt> = []
  }

  let port: Int
  private let target: Int
  private let listener: CInt
  private let state: Mutex<State>
  private let isProxy: Bool

  /// - Parameter cuts: makes it a line that breaks after so many bytes from the server, once each.
  init(to target: Int, cuts: [Int] = []) throws {
    self.target = target
    isProxy = cuts.isEmpty
    state = Mutex(State(cuts: cuts))
    listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    let listener = listener
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var address = Self.address(port: 0)
    let ok = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard ok else { throw TestSupportError("cannot listen") }
    port = Int(UInt16(bigEndian: address.sin_port))
    let code = DetachedThread.start { [self] in
      defer { close(listener) }
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        state.withLock { state in
          state.connections += 1
          state.open.insert(connection)
        }
        precondition(DetachedThread.start { self.serve(connection) } == 0, "no thread for a connection")
      }
    }
    precondition(code == 0, "no thread for the proxy")
  }

  /// Connections that came.
  var connections: Int { state.withLock { $0.connections } }
  /// What clients said before the tunnel.
  var heads: [String] { state.withLock { $0.heads } }

  func stop() {
    state.withLock { state in
      for connection in state.open { shutdown(connection, CInt(SHUT_RDWR)) }
      shutdown(listener, CInt(SHUT_RDWR))
    }
  }

  private func serve(_ client: CInt) {
    let server = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    defer {
      state.withLock { _ = $0.open.remove(client) }
      close(client)
      close(server)
    }
    guard !isProxy || takesHead(client) else { return }
    var address = Self.address(port: target)
    let connected = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { return }
    if isProxy {
      let greeting = Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)
      send(client, greeting, greeting.count, CInt(MSG_NOSIGNAL))
    }
    pump(client, server)
  }

  /// Reads what a client asks of the proxy; false when it goes away.
  private func takesHead(_ client: CInt) -> Bool {
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard recv(client, &byte, 1, 0) == 1 else { return false }
      head.append(byte)
    }
    state.withLock { $0.heads.append(String(decoding: head, as: UTF8.self)) }
    return true
  }

  private func pump(_ client: CInt, _ server: CInt) {
    var both = [
      pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0),
    ]
    var chunk = [UInt8](repeating: 0, count: 65_536)
    var left = state.withLock { $0.cuts.isEmpty ? Int.max : $0.cuts.removeFirst() }
    while poll(&both, 2, 60_000) > 0 {
      for (from, to) in [(0, server), (1, client)] where both[from].revents != 0 {
        let count = recv(both[from].fd, &chunk, min(chunk.count, from == 1 ? left : .max), 0)
        if from == 1 { left -= count }
        guard count > 0, send(to, chunk, count, CInt(MSG_NOSIGNAL)) == count else { return }
      }
    }
  }

  private static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    return address
  }
}
