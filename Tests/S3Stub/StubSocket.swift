internal import BundleModel
import Glibc
internal import ProcessControl

/// What the stub asks of the system.
enum StubSocket {
  /// Why there is no socket.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ what: String) { description = "\(what): \(systemReason(errno))" }
  }

  /// A socket bound to 127.0.0.1 that refuses connections until somebody listens. Port 0 is any free one.
  static func bound(port: Int) throws -> (descriptor: CInt, port: Int) {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure("no socket") }
    // Else the port is taken for a minute by connections that ended.
    var yes: CInt = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // The thread that accepts closes the old socket of a restart a moment after it was shut down.
    for _ in 0..<500 {
      let isBound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
      }
      if isBound { return (descriptor, Int(UInt16(bigEndian: address.sin_port))) }
      guard errno == EADDRINUSE, port != 0 else { break }
      pause(milliseconds: 10)
    }
    defer { close(descriptor) }
    throw Failure("cannot bind port \(port)")
  }

  static func startListening(_ descriptor: CInt) throws {
    guard listen(descriptor, 128) == 0 else {
      defer { close(descriptor) }
      throw Failure("cannot listen")
    }
  }

  /// The next connection, which no child process inherits; negative when the listener was shut down.
  static func accepted(_ listener: CInt) -> CInt {
    while true {
      let descriptor = accept(listener, nil, nil)
      if descriptor >= 0 {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var yes: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
        return descriptor
      }
      guard errno == EINTR || errno == ECONNABORTED else { return -1 }
    }
  }

  /// Keeps the stub's own thread waiting.
  static func pause(milliseconds: Int) { poll(nil, 0, CInt(clamping: milliseconds)) }

  /// What the machine's clock says.
  static func now() -> Timestamp {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)
  }
}
