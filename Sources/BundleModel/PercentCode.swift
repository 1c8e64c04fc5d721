/// Percent-encoding of what stands in URLs (RFC 3986 section 2.1).
package enum PercentCode {
  /// Everything but `A-Z a-z 0-9 - . _ ~` as `%XX` of its UTF-8 bytes.
  package static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 65...90, 97...122, 48...57, 45, 46, 95, 126: out.append(byte)
      default: out += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Undoes it; a broken escape stays as it is.
  ///
  /// - Parameter plusIsBlank: true for form-encoded text, which writes a blank as `+`.
  package static func decoded(_ text: [UInt8], plusIsBlank: Bool) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      if text[index] == 37, index + 2 < text.count, let high = hexDigitValue(text[index + 1]),
        let low = hexDigitValue(text[index + 2])
      {
        out.append(high << 4 | low)
        index += 3
      } else {
        out.append(plusIsBlank && text[index] == 43 ? 32 : text[index])
        index += 1
      }
    }
    return out
  }

  /// The text that is meant; nil when a `%` is not followed by two digits, or the bytes are not UTF-8 or hold a NUL.
  ///
  /// - Parameter plusIsBlank: true in queries, as HTML forms write them.
  package static func strictlyDecoded(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String? {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = bytes.next().flatMap(hexDigitValue), let low = bytes.next().flatMap(hexDigitValue) else {
          return nil
        }
        out.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsBlank: out.append(UInt8(ascii: " "))
      default: out.append(byte)
      }
    }
    guard !out.contains(0) else { return nil }
    return String(validating: out, as: UTF8.self)
  }
}
