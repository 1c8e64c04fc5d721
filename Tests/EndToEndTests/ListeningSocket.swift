internal import Glibc
import TestSupport

/// A TCP socket that listens on one address of this machine, or of a network namespace that a test made.
struct ListeningSocket: Sendable {
  let descriptor: Int32
  let port: Int

  /// - Parameter address: of the namespace in which the calling thread is, in host order.
  init(address: UInt32 = 0x7F00_0001) throws(TestSupportError) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var place = Self.place(address, port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isListening else {
      close(descriptor)
      throw TestSupportError("nobody can listen: errno \(errno)")
    }
    self.descriptor = descriptor
    port = Int(UInt16(bigEndian: place.sin_port))
  }

  /// A connection to a port of 127.0.0.1 that gives up a stuck send after five seconds; nil when nobody is there.
  static func connect(to port: Int) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var place = place(0x7F00_0001, port: port)
    let isConnected = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    if isConnected { return descriptor }
    close(descriptor)
    return nil
  }

  private static func place(_ address: UInt32, port: Int) -> sockaddr_in {
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = UInt16(port).bigEndian
    place.sin_addr.s_addr = address.bigEndian
    return place
  }
}
