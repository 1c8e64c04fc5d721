internal import BundleModel
internal import Glibc
internal import ProcessControl
import Synchronization

/// A tiny HTTP server that answers request after request as its script says: the faults that real servers do not
/// show on demand. Real sockets on 127.0.0.1, one thread for accepting and one a connection, none of them Swift's.
package final class ScriptedServer: Sendable {
  package enum Reply: Sendable {
    case answer(Int, headers: [String] = [], body: String = "")
    /// Announces `length` bytes, sends `body`, closes.
    case truncated(Int = 200, length: Int, headers: [String] = [], body: String)
    /// Announces `length` bytes, sends `body` and no more until the client is gone.
    case stalled(length: Int, headers: [String], body: String)
    /// Announces this many bytes and sends them until the client has enough.
    case flood(Int, bytes: Int)
    /// What the function makes of the request.
    case by(@Sendable (Request) -> Reply)
    /// Reads the request and says nothing until the client is gone.
    case hang
    /// Closes with a reset, after `sending` this much of an answer.
    case reset(sending: String = "")
    /// Reads the request and closes without an answer.
    case hangUp
    /// What follows from the requests so far, the last of which is answered.
    case computed(@Sendable (_ requests: [Request]) -> Reply)
    /// Closes the idle connection after this answer without saying so.
    case answerThenClose(Int, body: String = "")
  }

  package struct Request: Sendable {
    package var line: String
    package var headers: [String]
    package var body: [UInt8]

    /// The value of a field, by its name in lower case.
    package func header(_ name: String) -> String? {
      headers.first { $0.lowercased().hasPrefix(name + ":") }
        .map { String($0.dropFirst(name.count + 1).trimmingBlanks()) }
    }
  }

  private struct State {
    var sent = 0
    var script: [Reply]
    var requests: [Request] = []
    var connections = 0
    var open: Set<CInt> = []
    var isStopped = false
  }

  package let port: Int
  private let listener: CInt
  private let state: Mutex<State>

  /// Starts listening. Past its end the script's last reply is given again.
  ///
  /// - Parameter port: 0 for a free one.
  package init(port wanted: Int = 0, _ script: Reply...) throws {
    state = Mutex(State(script: script))
    listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    var yes: CInt = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(wanted).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let ok = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    guard ok else { throw TestSupportError("cannot listen") }
    let code = DetachedThread.start { [self] in
      defer { close(listener) }
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        let isStopped = state.withLock { state in
          state.connections += 1
          state.open.insert(connection)
          return state.isStopped
        }
        guard !isStopped else { return finish(connection) }
        precondition(DetachedThread.start { self.serve(connection) } == 0, "no thread for a connection")
      }
    }
    precondition(code == 0, "no thread for the server")
  }

  package var requests: [Request] { state.withLock { $0.requests } }
  package var connections: Int { state.withLock { $0.connections } }
  /// Bytes of floods that were sent.
  package var sent: Int { state.withLock { $0.sent } }
  /// Connections that the client has not closed yet.
  package var openConnections: Int { state.withLock { $0.open.count } }

  /// Ends every connection and the threads.
  package func stop() {
    state.withLock { state in
      guard !state.isStopped else { return }
      state.isStopped = true
      for connection in state.open { shutdown(connection, CInt(SHUT_RDWR)) }
      // Closed by the thread that accepts: a number closed here may belong to another server by its next accept.
      shutdown(listener, CInt(SHUT_RDWR))
    }
  }

  private func serve(_ connection: CInt) {
    defer { finish(connection) }
    while let request = readRequest(connection) {
      switch nextReply(to: request) {
      case .answer(let status, let headers, let body):
        let isHead = request.line.hasPrefix("HEAD")
        send(connection, head(status, headers, length: body.utf8.count) + (isHead ? "" : body))
      case .answerThenClose(let status, let body):
        send(connection, head(status, [], length: body.utf8.count) + body)
        return hangUp(connection)
      case .truncated(let status, let length, let headers, let body):
        send(connection, head(status, headers, length: length) + body)
        return hangUp(connection)
      case .stalled(let length, let headers, let body):
        send(connection, head(200, headers, length: length) + body)
        waitForTheEnd(connection)
        return
      case .flood(let status, let bytes):
        send(connection, head(status, [], length: bytes))
        let piece = String(repeating: "<", count: 16_384)
        for _ in 0..<(bytes / piece.utf8.count) where send(connection, piece) {
          state.withLock { $0.sent += piece.utf8.count }
        }
        return hangUp(connection)
      case .by, .computed: return hangUp(connection)
      case .hangUp: return hangUp(connection)
      case .hang:
        waitForTheEnd(connection)
        return
      case .reset(let text):
        if !text.isEmpty { send(connection, text) }
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        return
      }
    }
  }

  private func nextReply(to request: Request) -> Reply {
    let next = state.withLock { state in
      state.requests.append(request)
      return state.script.count > 1 ? state.script.removeFirst() : state.script[0]
    }
    switch next {
    case .by(let choose): return choose(request)
    case .computed(let compute): return compute(requests)
    default: return next
    }
  }

  private func waitForTheEnd(_ connection: CInt) {
    var byte: UInt8 = 0
    _ = recv(connection, &byte, 1, 0)
  }

  /// Reaches the client even while a child that another test has just started holds the connection too.
  private func hangUp(_ connection: CInt) { shutdown(connection, CInt(SHUT_RDWR)) }

  private func finish(_ connection: CInt) {
    state.withLock { _ = $0.open.remove(connection) }
    close(connection)
  }

  private func head(_ status: Int, _ headers: [String], length: Int) -> String {
    (["HTTP/1.1 \(status) Scripted", "Content-Length: \(length)"] + headers).joined(separator: "\r\n") + "\r\n\r\n"
  }

  @discardableResult
  private func send(_ connection: CInt, _ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private func readRequest(_ connection: CInt) -> Request? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    var headEnd: Int?
    var length = 0
    while true {
      if headEnd == nil,
        let end = bytes.indices.dropLast(3).first(where: { Array(bytes[$0..<($0 + 4)]) == [13, 10, 13, 10] })
      {
        headEnd = end + 4
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n").map(String.init)
        let probe = Request(line: lines.first ?? "", headers: Array(lines.dropFirst()), body: [])
        length = probe.header("content-length").flatMap { Int($0) } ?? 0
      }
      if let headEnd, bytes.count >= headEnd + length {
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n").map(String.init)
        return Request(
          line: lines.first ?? "", headers: Array(lines.dropFirst()),
          body: Array(bytes[headEnd..<(headEnd + length)]))
      }
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      bytes += chunk[..<count]
    }
  }
}
