import Dispatch
import Glibc
import Synchronization
import TestSupport

/// Passes bytes between clients and a server on this machine, and counts those that the server sent.
final class CountingProxy: Sendable {
  /// Where clients connect to, on 127.0.0.1.
  let port: Int
  private let listener: Int32
  private let target: Int
  private let counter = Atomic<Int>(0)
  private let threads = DispatchGroup()
  // Written to by `stop`: every thread polls the other end.
  private let stopper: (read: Int32, write: Int32)

  /// What the server has sent through, in bytes.
  var received: Int { counter.load(ordering: .sequentiallyConsistent) }

  init(to target: Int) throws {
    self.target = target
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var pipes: [Int32] = [0, 0]
    guard listener >= 0, pipe(&pipes) == 0 else { throw TestSupportError("no socket for a proxy") }
    stopper = (pipes[0], pipes[1])
    var address = Self.loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw TestSupportError("a proxy cannot listen") }
    port = Int(UInt16(bigEndian: address.sin_port))
    DispatchQueue.global().async(group: threads) { self.accept() }
  }

  /// Ends every connection and waits until nothing runs any more.
  func stop() {
    close(stopper.write)
    threads.wait()
    close(stopper.read)
    close(listener)
  }

  private static func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    return address
  }

  /// Waits until one of them can be read; nil when the proxy was stopped.
  private func readable(_ descriptors: [Int32]) -> [Int32]? {
    var polls = (descriptors + [stopper.read]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard poll(&polls, nfds_t(polls.count), -1) > 0, polls[descriptors.count].revents == 0 else { return nil }
    return polls.filter { $0.revents != 0 }.map(\.fd)
  }

  private func accept() {
    while readable([listener]) != nil {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { continue }
      DispatchQueue.global().async(group: threads) { self.pass(client) }
    }
  }

  private func pass(_ client: Int32) {
    defer { close(client) }
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(server) }
    var address = Self.loopback(port: target)
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { return }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while let ready = readable([client, server]) {
      for source in ready {
        let count = read(source, &buffer, buffer.count)
        guard count > 0 else { return }
        if source == server { counter.add(count, ordering: .sequentiallyConsistent) }
        var sent = 0
        while sent < count {
          let written = buffer.withUnsafeBytes {
            send(
              source == server ? client : server, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
          }
          guard written > 0 else { return }
          sent += written
        }
      }
    }
  }
}
