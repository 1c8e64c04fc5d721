internal import BundleModel

/// The three encodings that S3 needs, over bytes.
enum ByteEncoding {
  private static let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Appends lower-case hex.
  static func appendHex(_ bytes: [UInt8], to out: inout [UInt8]) {
    out += [UInt8](unsafeUninitializedCapacity: bytes.count * 2) { digits, count in
      for (index, byte) in bytes.enumerated() {
        digits[index * 2] = lowerDigit(byte >> 4)
        digits[index * 2 + 1] = lowerDigit(byte & 15)
      }
      count = bytes.count * 2
    }
  }

  private static func lowerDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 + nibble : 87 + nibble }

  /// Lower-case hex.
  static func hex(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count * 2)
    appendHex(bytes, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// The bytes of hex digits of either case; nil when it is none.
  static func bytes(hex: String) -> [UInt8]? {
    var out: [UInt8] = []
    var high: UInt8?
    for character in hex.utf8 {
      guard let nibble = hexDigitValue(character) else { return nil }
      if let first = high {
        out.append(first << 4 | nibble)
        high = nil
      } else {
        high = nibble
      }
    }
    return high == nil ? out : nil
  }

  /// Appends text percent-encoded as SigV4 wants it: only `A-Z a-z 0-9 - . _ ~` stay bare, hex in upper case.
  ///
  /// - Parameter keepingSlash: true for paths, where `/` separates; false in query names and values.
  /// - Source: AWS Signature Version 4, "UriEncode()".
  static func appendPercentEncoded(_ text: some Collection<UInt8>, keepingSlash: Bool, to out: inout [UInt8]) {
    let fast: Void? = text.withContiguousStorageIfAvailable { bytes in
      // Runs of bare bytes go over in one piece: nearly everything that is signed is one run.
      var start = 0
      for index in bytes.indices where !isBare(bytes[index], keepingSlash: keepingSlash) {
        out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
        appendEscape(bytes[index], to: &out)
        start = index + 1
      }
      out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
    }
    guard fast == nil else { return }
    for byte in text {
      if isBare(byte, keepingSlash: keepingSlash) { out.append(byte) } else { appendEscape(byte, to: &out) }
    }
  }

  private static func isBare(_ byte: UInt8, keepingSlash: Bool) -> Bool {
    switch byte {
    case 65...90, 97...122, 48...57, 45, 46, 95, 126: true
    case 47: keepingSlash
    default: false
    }
  }

  private static func upperDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 + nibble : 55 + nibble }

  private static func appendEscape(_ byte: UInt8, to out: inout [UInt8]) {
    out.append(37)
    out.append(upperDigit(byte >> 4))
    out.append(upperDigit(byte & 15))
  }

  /// Base64 with padding (RFC 4648, section 4).
  static func base64(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for offset in 0..<3 { bits = bits << 8 | (offset < group.count ? UInt32(group[start + offset]) : 0) }
      for digit in 0..<4 {
        out.append(digit <= group.count ? base64Digits[Int(bits >> UInt32(18 - 6 * digit) & 63)] : 61)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The bytes of padded base64; nil when it is none.
  static func bytes(base64 text: String) -> [UInt8]? {
    var digits = Array(text.utf8)
    guard digits.count % 4 == 0 else { return nil }
    var padding = 0
    while digits.last == 61, padding < 2 {
      digits.removeLast()
      padding += 1
    }
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for digit in digits {
      guard let value = base64Digits.firstIndex(of: digit) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return out
  }
}
