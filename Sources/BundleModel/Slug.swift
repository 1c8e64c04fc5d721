/// A bundle's name, normalised as AppHub does it: trimmed and lower case.
///
/// Equality is by bytes, as in Postgres: two Unicode spellings of one accent are two slugs.
package struct Slug: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The normalised name, never empty.
  package let text: String

  /// Normalises a name; nil when nothing is left.
  package init?(_ raw: some StringProtocol) {
    let normal = raw.trimmingBlanks().lowercased()
    guard !normal.isEmpty else { return nil }
    text = normal
  }

  package var description: String { text }

  package static func == (a: Slug, b: Slug) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
  package static func < (a: Slug, b: Slug) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
  package func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}

/// The hash of a bundle's inputs, or `pending` while none has been resolved.
package struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// Trims; nil when nothing is left.
  package init?(_ raw: some StringProtocol) {
    let normal = raw.trimmingBlanks()
    guard !normal.isEmpty else { return nil }
    text = String(normal)
  }

  private init(known: String) { text = known }

  /// What a status row holds before a slug was ever resolved.
  package static let pending = Fingerprint(known: "pending")

  package var description: String { text }
}

/// A SHA-256 in lower-case hex.
package struct Checksum: Hashable, Sendable, CustomStringConvertible {
  /// 64 lower-case hex digits.
  package let hex: String

  /// Trims and lowers; nil unless 64 hex digits are left.
  package init?(hex raw: some StringProtocol) {
    let normal = raw.trimmingBlanks().lowercased()
    guard normal.utf8.count == 64, normal.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 102) })
    else { return nil }
    hex = normal
  }

  /// From the 32 bytes of a digest.
  package init?(digest: [UInt8]) {
    guard digest.count == 32 else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    hex = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The 32 bytes.
  package var digest: [UInt8] {
    let nibbles = hex.utf8.map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
  }

  package var description: String { hex }
}

extension StringProtocol {
  /// The text without leading and trailing white space.
  package func trimmingBlanks() -> SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
    else { return self[startIndex..<startIndex] }
    return self[first...last]
  }

  /// The trimmed text, or nil when nothing is left: AppHub's rule that an empty string is null.
  package var nonBlank: String? {
    let trimmed = trimmingBlanks()
    return trimmed.isEmpty ? nil : String(trimmed)
  }
}
