internal import BundleModel

/// The strong validator of an archive: its SHA-256. Source: RFC 9110 section 8.8.3.
struct EntityTag: Equatable, Sendable {
  /// With its quotes, as header fields write it.
  let text: String

  init(_ checksum: Checksum) { text = "\"\(checksum.hex)\"" }

  /// Whether `If-None-Match` names it, so that the caller has it already.
  func isListed(in field: String?) -> Bool {
    guard let field else { return false }
    return field.split(separator: ",").contains { entry in
      var tag = entry.trimmingBlanks()[...]
      if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
      return tag == "*" || tag == text
    }
  }

  /// Whether `If-Range` lets a part be sent: it names this very content. A date or a weak tag never does.
  func allowsPart(_ field: String?) -> Bool { field.map { $0.trimmingBlanks() == text } ?? true }
}
