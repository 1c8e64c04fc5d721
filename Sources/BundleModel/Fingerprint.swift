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
