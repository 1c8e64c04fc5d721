import Glibc
import ProcessControl
import TestSupport

/// Bytes to a port of 127.0.0.1 and what comes back, with no library between that could mend them.
enum RawHTTP {
  struct Answer: Sendable {
    /// Nil when nothing that looks like HTTP came.
    var status: Int?
    var text: String
    /// The content of `<Code>`.
    var code: String? {
      guard let begin = text.range(of: "<Code>"), let end = text.range(of: "</Code>") else { return nil }
      return String(text[begin.upperBound..<end.lowerBound])
    }
  }

  /// Sends everything, says that nothing more comes, and reads to the end.
  static func exchange(port: Int, _ bytes: [UInt8]) async throws -> Answer {
    try await DetachedThread.value { () throws(TestSupportError) -> Answer in
      let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
      guard descriptor >= 0 else { throw TestSupportError("no socket") }
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let isConnected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      guard isConnected else { throw TestSupportError("nobody listens on port \(port)") }
      _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
      shutdown(descriptor, CInt(SHUT_WR))
      var answer: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 65_536)
      while case let count = recv(descriptor, &piece, piece.count, 0), count > 0 { answer += piece[..<count] }
      let text = String(decoding: answer, as: UTF8.self)
      let isHTTP = text.hasPrefix("HTTP/1.1 ")
      return Answer(status: isHTTP ? Int(text.dropFirst(9).prefix(3)) : nil, text: text)
    }
  }
}

extension String {
  /// Where a text first occurs.
  func range(of other: String) -> Range<String.Index>? {
    let (all, part) = (Array(utf8), Array(other.utf8))
    guard !part.isEmpty, all.count >= part.count else { return nil }
    for start in 0...(all.count - part.count) where all[start..<(start + part.count)].elementsEqual(part) {
      return utf8.index(
        utf8.startIndex, offsetBy: start)..<utf8.index(utf8.startIndex, offsetBy: start + part.count)
    }
    return nil
  }
}
