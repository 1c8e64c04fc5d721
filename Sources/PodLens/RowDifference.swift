internal import JSON

/// Where what a pod serves is not what the database holds: the first such place, by slug and by the field's name.
package struct RowDifference: Equatable, Sendable {
  /// Nil when it is not about one bundle.
  package var slug: String?
  /// Nil when the whole row is there on one side only, or it is not about a row.
  package var field: String?
  /// As JSON; nil where there is no row.
  package var served: String?
  package var held: String?

  package init(slug: String? = nil, field: String? = nil, served: String? = nil, held: String? = nil) {
    self.slug = slug
    self.field = field
    self.served = served
    self.held = held
  }

  /// The first field in which two rows differ; at least one is there.
  ///
  /// - Parameter names: the fields that count; nil: all.
  init(slug: String, served: JSONObject?, held: JSONObject?, only names: Set<String>? = nil) {
    self.slug = slug
    guard let served, let held else {
      self.served = served.map { _ in "a row" }
      self.held = held.map { _ in "a row" }
      return
    }
    field = (names ?? Set(served.keys).union(held.keys)).sorted().first { served[$0] != held[$0] }
    guard let field else { return }
    self.served = Self.text(served[field])
    self.held = Self.text(held[field])
  }

  /// A value in one line; nil when the field is not there.
  private static func text(_ value: JSONValue?) -> String? {
    switch value {
    case nil: nil
    case .null?: "null"
    case .bool(let flag)?: flag ? "true" : "false"
    case .number(let number)?: number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    case .string(let text)?: text
    case .array?, .object?: value?.kind
    }
  }
}
