/// Text without what looks like a credential. The second net: nothing of ours writes one into a log, but errors quote
/// what other programs say.
package enum RedactedText {
  /// What stands for a credential.
  package static let mark = "[redacted]"

  /// Names after which a credential comes, up to whatever ends a value in URLs, headers, JSON and shells.
  private static let names = [
    "x-amz-signature=", "x-amz-credential=", "x-amz-security-token=", "signature=", "token=", "password=",
    "passwd=",
    "secret=", "secret_access_key=", "access_key=", "authorization: bearer ", "authorization: basic ", "bearer ",
  ].map { Array($0.utf8) }

  /// The text with every credential replaced.
  package static func of(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let lowered = bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
    var out: [UInt8] = []
    var position = 0
    var isChanged = false
    while position < bytes.count {
      if let name = names.first(where: { lowered[position...].starts(with: $0) }) {
        out += bytes[position..<position + name.count]
        position += name.count
        let end = bytes[position...].firstIndex(where: endsValue) ?? bytes.count
        if end > position {
          out += mark.utf8
          isChanged = true
        }
        position = end
      } else if lowered[position...].starts(with: "://".utf8),
        let end = passwordEnd(in: bytes, from: position + 3)
      {
        out += "://\(mark)".utf8
        position = end
        isChanged = true
      } else {
        out.append(bytes[position])
        position += 1
      }
    }
    return isChanged ? String(decoding: out, as: UTF8.self) : text
  }

  /// Where the `@` of `user:password@host` is; nil when there is no password before the host.
  private static func passwordEnd(in bytes: [UInt8], from start: Int) -> Int? {
    let authority = bytes[start...].prefix { !endsValue($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    guard let at = authority.lastIndex(of: UInt8(ascii: "@")), authority[..<at].contains(UInt8(ascii: ":")) else {
      return nil
    }
    return at
  }

  private static func endsValue(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...32, UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: ")"), UInt8(ascii: ">"), UInt8(ascii: "}"):
      true
    default: false
    }
  }
}
