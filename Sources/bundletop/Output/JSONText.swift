internal import FoundationEssentials
internal import JSON

/// JSON as scripts and people like it: keys sorted, slashes plain, nothing in it that harms a terminal.
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
    return JSONEscape.harmless(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
