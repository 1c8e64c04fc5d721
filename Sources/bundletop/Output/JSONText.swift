internal import BundleModel
internal import FoundationEssentials

/// JSON as scripts and people like it: keys sorted, slashes plain.
enum JSONText {
  /// Indented, for whole answers.
  static func document(_ value: some Encodable) throws -> String { try text(value, pretty: true) }

  /// On one line, for streams.
  static func line(_ value: some Encodable) throws -> String { try text(value, pretty: false) }

  private static func text(_ value: some Encodable, pretty: Bool) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      pretty
      ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
    return escaped(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// The encoder leaves DEL, C1 and direction-changing scalars as they are, and JSON is read on terminals, too. The
  /// escapes mean the same text. Outside of strings there are none of them.
  private static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHarmful) else { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      guard isHarmful(scalar) else {
        out.unicodeScalars.append(scalar)
        continue
      }
      for unit in Character(scalar).utf16 {
        let digits = String(unit, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return out
  }

  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x7F && UntrustedText.isHarmful(scalar)
  }
}
