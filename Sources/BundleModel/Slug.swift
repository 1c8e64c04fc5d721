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
