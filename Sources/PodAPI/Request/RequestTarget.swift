internal import BundleModel

/// What a request asks for: the path's segments, each decoded by itself, and the query.
package struct RequestTarget: Sendable {
  package let path: [String]
  package let query: QueryItems

  /// What stands for a target that cannot be read; no route has it.
  static let malformed = RequestTarget(path: [], query: QueryItems())

  private init(path: [String], query: QueryItems) {
    self.path = path
    self.query = query
  }

  /// Parses the origin form `/a/b?c=d` (RFC 9112 section 3.2.1); nil when it is another form, not well encoded, or
  /// longer than 8 KiB.
  package init?(parsing text: String) {
    guard text.utf8.count <= 8192, text.utf8.first == UInt8(ascii: "/") else { return nil }
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let query = QueryItems(parsing: parts.count > 1 ? parts[1] : "") else { return nil }
    var path: [String] = []
    for segment in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let decoded = PercentCode.strictlyDecoded(segment) else { return nil }
      path.append(decoded)
    }
    self.path = path
    self.query = query
  }
}
