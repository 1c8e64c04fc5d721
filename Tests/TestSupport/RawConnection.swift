internal import Glibc
internal import ProcessControl

/// A TCP connection to 127.0.0.1 that sends exactly what it is told. Reads end after a minute.
package final class RawConnection: Sendable {
  private let descriptor: Int32

  /// Connects; throws when nobody listens.
  package init(port: Int) throws {
    // Not for the children that other tests start meanwhile: whoever holds it, too, keeps it open.
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard status == 0 else {
      let reason = systemReason()
      close(descriptor)
      throw TestSupportError("cannot connect: \(reason)")
    }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends all of it; false when the other end has gone.
  @discardableResult
  package func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

  /// The same.
  @discardableResult
  package func send(_ bytes: [UInt8]) async -> Bool {
    await DetachedThread.value { [self] in
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  /// Everything until the other end closes or resets the connection.
  package func readAll() async -> String { await read { _ in false } }

  /// What comes until a text is in it, or the other end has gone.
  package func read(until end: String) async -> String {
    await read { String(decoding: $0, as: UTF8.self).contains(end) }
  }

  /// One whole answer with a `content-length`.
  package func readAnswer() async -> String {
    await read { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      guard let head = text.range(of: "\r\n\r\n") else { return false }
      let length = text[..<head.lowerBound].lowercased().split(separator: "content-length: ").dropFirst().first
      return text[head.upperBound...].utf8.count >= (length.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0)
    }
  }

  private func read(_ isEnough: @escaping @Sendable ([UInt8]) -> Bool) async -> String {
    await DetachedThread.value { [self] in
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { break }
        bytes += buffer[..<count]
        if isEnough(bytes) { break }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Whether something came, or the other end went, within a moment.
  package func hasInput(within milliseconds: Int32) async -> Bool {
    await DetachedThread.value { [self] in
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      return poll(&entry, 1, milliseconds) > 0
    }
  }

  /// Says that nothing more will be sent.
  package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Goes at once, without a word.
  package func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    shutdown(descriptor, Int32(SHUT_RDWR))
  }
}

extension String {
  /// Where a text is in this one, by bytes.
  fileprivate func range(of text: String) -> Range<String.Index>? {
    firstRange(of: text)
  }
}
