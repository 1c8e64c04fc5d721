/// What percent-encoded text stands for.
package enum PercentDecoding {
  /// Undoes percent-encoding; a broken escape stays as it is.
  ///
  /// - Parameter plusIsBlank: true for form-encoded text, which writes a blank as `+`.
  package static func decoded(_ text: [UInt8], plusIsBlank: Bool) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      if text[index] == 37, index + 2 < text.count, let high = nibble(text[index + 1]),
        let low = nibble(text[index + 2])
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

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 48...57: digit - 48
    case 97...102: digit - 87
    case 65...70: digit - 55
    default: nil
    }
  }
}
