internal import BundleModel

/// The part of a request's target behind the `?`, decoded; names may be there more than once.
package struct QueryItems: Sendable, CustomStringConvertible, CustomReflectable {
  /// Names and values in the order in which they came.
  package let items: [(name: String, value: String)]

  /// How many items a request may have.
  static let most = 64

  package init(_ items: [(name: String, value: String)] = []) { self.items = items }

  /// Parses `a=1&b=2`; nil when it is not well encoded or has more than 64 items.
  package init?(parsing text: some StringProtocol) {
    var items: [(name: String, value: String)] = []
    for part in text.split(separator: "&", omittingEmptySubsequences: true) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard items.count < QueryItems.most,
        let name = PercentCode.strictlyDecoded(pair[0], plusIsBlank: true),
        let value = PercentCode.strictlyDecoded(pair.count > 1 ? pair[1] : "", plusIsBlank: true)
      else { return nil }
      items.append((name, value))
    }
    self.items = items
  }

  /// The value of a name; the last one counts, where an item is written twice.
  package subscript(_ name: String) -> String? { items.last { $0.name == name }?.value }

  /// Every value of a name.
  package func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

  /// The names alone: values may be signatures.
  package var description: String { "[" + items.map(\.name).joined(separator: ", ") + "]" }
  package var customMirror: Mirror { Mirror(self, unlabeledChildren: items.map(\.name)) }
}
