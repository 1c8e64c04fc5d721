import Glibc
import Synchronization

/// A listening socket on 127.0.0.1 that accepts in the kernel and never answers. Closed with the object.
final class SilentServer: Sendable {
  let port: Int
  private let descriptor: Int32

  init() throws {
    (descriptor, port) = try listeningSocket()
  }

  deinit { close(descriptor) }
}

/// Hands bytes on between a client and a server until it is told to swallow them: then both sides see nothing, not
/// even an end, as when a network is cut. One thread, ended with the object.
final class Proxy: Sendable {
  private enum Mode { case forwarding, swallowing, ended }

  let port: Int
  private let mode = Mutex(Mode.forwarding)

  init(to target: Int) throws {
    let (listener, port) = try listeningSocket()
    self.port = port
    let work = Work { [weak self] in Proxy.run(listener, target) { self?.mode.withLock { $0 } ?? .ended } }
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<Work>.fromOpaque(context!).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(work).toOpaque())
    guard failure == 0 else { throw SocketError() }
    pthread_detach(thread)
  }

  /// From now on nothing arrives any more, on old connections and on new ones.
  func swallow() { mode.withLock { $0 = .swallowing } }

  /// New connections work again; the old ones stay dead.
  func forward() { mode.withLock { $0 = .forwarding } }

  func end() { mode.withLock { $0 = .ended } }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private static func run(_ listener: Int32, _ target: Int, _ mode: () -> Mode) {
    var pairs: [(client: Int32, server: Int32, isDead: Bool)] = []
    defer {
      for pair in pairs {
        close(pair.client)
        close(pair.server)
      }
      close(listener)
    }
    while true {
      let now = mode()
      if now == .ended { return }
      if now == .swallowing { for index in pairs.indices { pairs[index].isDead = true } }
      var polled = [pollfd(fd: now == .forwarding ? listener : -1, events: Int16(POLLIN), revents: 0)]
      for pair in pairs {
        polled.append(pollfd(fd: pair.isDead ? -1 : pair.client, events: Int16(POLLIN), revents: 0))
        polled.append(pollfd(fd: pair.isDead ? -1 : pair.server, events: Int16(POLLIN), revents: 0))
      }
      guard poll(&polled, nfds_t(polled.count), 5) > 0, mode() == now else { continue }
      for index in pairs.indices {
        if polled[1 + 2 * index].revents != 0 {
          pairs[index].isDead = !pump(pairs[index].client, pairs[index].server)
        }
        if polled[2 + 2 * index].revents != 0 {
          pairs[index].isDead = !pump(pairs[index].server, pairs[index].client)
        }
      }
      if polled[0].revents != 0 {
        let client = accept(listener, nil, nil)
        if client >= 0, let server = connected(to: target) { pairs.append((client, server, false)) }
      }
    }
  }

  /// False at the end, which is passed on.
  private static func pump(_ from: Int32, _ to: Int32) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(from, &buffer, buffer.count)
    guard count > 0 else {
      shutdown(to, Int32(SHUT_RDWR))
      shutdown(from, Int32(SHUT_RDWR))
      return false
    }
    var sent = 0
    while sent < count {
      let written = buffer.withUnsafeBytes { send(to, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL)) }
      guard written > 0 else { return false }
      sent += written
    }
    return true
  }
}

struct SocketError: Error {}

/// A port of 127.0.0.1 on which nobody listens.
func closedPort() throws -> Int {
  let (descriptor, port) = try listeningSocket()
  close(descriptor)
  return port
}

private func listeningSocket() throws -> (Int32, Int) {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  var address = loopback(port: 0)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
      bind(descriptor, address, length) == 0 && listen(descriptor, 16) == 0
        && getsockname(descriptor, address, &length) == 0
    }
  }
  guard isBound else { throw SocketError() }
  return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}

private func connected(to port: Int) -> Int32? {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  var address = loopback(port: port)
  let isConnected = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
  return isConnected ? descriptor : nil
}

private func loopback(port: Int) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}
