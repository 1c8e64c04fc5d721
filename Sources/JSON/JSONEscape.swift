internal import BundleModel

/// How text is written between quotes.
package enum JSONEscape {
  /// Appends a text in quotes. Slashes stay plain.
  static func append(quoting text: String, to bytes: inout [UInt8]) {
    bytes.append(0x22)
    var text = text
    text.withUTF8 { utf8 in
      if utf8.allSatisfy(isPlain) {
        bytes += utf8
      } else {
        for scalar in String(decoding: utf8, as: UTF8.self).unicodeScalars { append(scalar, to: &bytes) }
      }
    }
    bytes.append(0x22)
  }

  /// The same document with every scalar escaped that could harm a terminal; for documents of encoders that escape
  /// no more than JSON asks for. Outside of strings there are none of them.
  package static func harmless(_ document: String) -> String {
    guard document.unicodeScalars.contains(where: isHarmful) else { return document }
    var bytes: [UInt8] = []
    for scalar in document.unicodeScalars {
      if isHarmful(scalar) { appendUnits(scalar, to: &bytes) } else { bytes += UTF8.encode(scalar)! }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// DEL, C1 and direction-changing scalars: JSON asks for no escape.
  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x7F && UntrustedText.isHarmful(scalar)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    switch scalar {
    case "\"", "\\": bytes += [0x5C, UInt8(scalar.value)]
    case "\u{08}": bytes += [0x5C, UInt8(ascii: "b")]
    case "\t": bytes += [0x5C, UInt8(ascii: "t")]
    case "\n": bytes += [0x5C, UInt8(ascii: "n")]
    case "\u{0C}": bytes += [0x5C, UInt8(ascii: "f")]
    case "\r": bytes += [0x5C, UInt8(ascii: "r")]
    default:
      if scalar.value < 0x20 || isHarmful(scalar) {
        appendUnits(scalar, to: &bytes)
      } else {
        UTF8.encode(scalar).map { bytes += $0 }
      }
    }
  }

  /// The scalar as its UTF-16 code units, `\u` and four digits each.
  private static func appendUnits(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    for unit in UTF16.encode(scalar)! {
      bytes += [0x5C, UInt8(ascii: "u")]
      for shift in stride(from: 12, through: 0, by: -4) {
        let digit = UInt8(truncatingIfNeeded: unit >> UInt16(shift)) & 15
        bytes.append(digit < 10 ? 48 + digit : 87 + digit)
      }
    }
  }
}
