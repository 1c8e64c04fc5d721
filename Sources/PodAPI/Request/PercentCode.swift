/// Percent-encoding of paths and queries (RFC 3986 section 2.1).
package enum PercentCode {
  /// The text that is meant; nil when a `%` is not followed by two digits, or the bytes are not UTF-8 or hold a NUL.
  ///
  /// - Parameter plusIsBlank: true in queries, as HTML forms write them.
  package static func decode(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String? {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = bytes.next().flatMap(digit), let low = bytes.next().flatMap(digit) else { return nil }
        out.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsBlank: out.append(UInt8(ascii: " "))
      default: out.append(byte)
      }
    }
    guard !out.contains(0) else { return nil }
    return String(validating: out, as: UTF8.self)
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
