/// Text encodings over raw bytes, written apart from the client's: a mistake there must not be agreed with here.
enum ByteWords {
  private static let upper = Array("0123456789ABCDEF".utf8)
  private static let lower = Array("0123456789abcdef".utf8)
  private static let sextets = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// AWS's UriEncode: everything but `A-Z a-z 0-9 - . _ ~` as upper-case `%XX`.
  static func encoded(_ bytes: [UInt8], slash: Bool = false) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + bytes.count / 2)
    for byte in bytes {
      switch byte {
      case 65...90, 97...122, 48...57, 45, 46, 95, 126: out.append(byte)
      case 47 where slash: out.append(byte)
      default: out += [37, upper[Int(byte / 16)], upper[Int(byte % 16)]]
      }
    }
    return out
  }

  /// Undoes `%XX`; nil when an escape is broken.
  static func decoded(_ bytes: [UInt8]) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      guard byte == 37 else {
        out.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
      out.append(high * 16 + low)
    }
    return out
  }

  /// Lower-case hex.
  static func hex(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.flatMap { [lower[Int($0 / 16)], lower[Int($0 % 16)]] }, as: UTF8.self)
  }

  /// Whether this is `count` bytes as lower-case hex.
  static func isHex(_ text: String, count: Int) -> Bool {
    text.utf8.count == count * 2 && text.utf8.allSatisfy { lower.contains($0) }
  }

  /// Base64 with padding (RFC 4648).
  static func base64(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let piece = Array(bytes[index..<min(index + 3, bytes.count)])
      let word = (0..<3).reduce(0) { $0 << 8 | ($1 < piece.count ? Int(piece[$1]) : 0) }
      let digits = [18, 12, 6, 0].map { sextets[word >> $0 & 63] }
      out += digits.prefix(piece.count + 1)
      out += [UInt8](repeating: 61, count: 3 - piece.count)
      index += 3
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The bytes of base64 in its one canonical spelling; nil for any other.
  static func bytes(base64 text: String) -> [UInt8]? {
    var out: [UInt8] = []
    var word = 0
    var bits = 0
    for digit in text.utf8 where digit != 61 {
      guard let value = sextets.firstIndex(of: digit) else { return nil }
      word = (word << 6 | value) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: word >> bits))
      }
    }
    return base64(out).utf8.elementsEqual(text.utf8) ? out : nil
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}

extension [UInt8] {
  /// The bytes before and after the first `separator`; nil after it where there is none.
  func cut(at separator: UInt8) -> (before: [UInt8], after: [UInt8]?) {
    guard let index = firstIndex(of: separator) else { return (self, nil) }
    return (Array(self[..<index]), Array(self[(index + 1)...]))
  }

  /// Without blanks and tabs at both ends.
  var trimmed: [UInt8] {
    let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 }
    return Array(self[...].drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }

  /// As text, when it is UTF-8.
  var text: String? { String(validating: self, as: UTF8.self) }
}
