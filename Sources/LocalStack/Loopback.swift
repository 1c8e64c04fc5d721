internal import Glibc

/// TCP on 127.0.0.1.
enum Loopback {
  /// A port that was free a moment ago. Whoever uses it must be ready to lose the race and ask again.
  static func freePort() throws(LocalStackError) -> Int {
    let (socket, port) = try bound(sharing: false)
    close(socket)
    return port
  }

  /// A socket that has a port and does not listen on it.
  ///
  /// - Parameter sharing: others may listen there, if they say SO_REUSEADDR as well, socket(7); the system gives the
  ///   port to nobody by itself.
  static func bound(sharing: Bool) throws(LocalStackError) -> (socket: Int32, port: Int) {
    let socket = try newSocket()
    var one: Int32 = 1
    if sharing { setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size)) }
    var address = endpoint(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(socket, address, size) == 0 ? getsockname(socket, address, &size) : -1
      }
    }
    guard result == 0 else {
      let reason = errno
      close(socket)
      throw .system("cannot find a free port on 127.0.0.1", reason)
    }
    return (socket, Int(in_port_t(bigEndian: address.sin_port)))
  }

  /// Runs `launch` with a port that was free a moment ago; with another one when somebody took it in between.
  static func onFreePort<Value>(
    _ launch: (_ port: Int) async throws(LocalStackError) -> Value
  ) async throws(LocalStackError) -> Value {
    var attempts = 5
    while true {
      attempts -= 1
      let port = try freePort()
      do throws(LocalStackError) {
        return try await launch(port)
      } catch {
        guard attempts > 0, error.message.contains("already in use") else { throw error }
      }
    }
  }

  /// Whether something on this port answers HTTP, whatever the status. Blocks for two seconds at most.
  static func answersHTTP(port: Int) -> Bool {
    guard let socket = try? newSocket() else { return false }
    defer { close(socket) }
    var limit = timeval(tv_sec: 2, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = endpoint(port: port)
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { return false }
    let request = Array("GET / HTTP/1.0\r\nHost: 127.0.0.1:\(port)\r\n\r\n".utf8)
    guard send(socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return false }
    var answer = [UInt8](repeating: 0, count: 5)
    return recv(socket, &answer, 5, Int32(MSG_WAITALL)) == 5 && answer == Array("HTTP/".utf8)
  }

  private static func newSocket() throws(LocalStackError) -> Int32 {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw .system("cannot open a socket", errno) }
    return number
  }

  private static func endpoint(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return address
  }
}
