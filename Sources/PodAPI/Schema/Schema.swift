/// The form of a JSON value, as data: requests are validated by it, answers are described and tested by it.
///
/// Source: JSON Schema 2020-12, as far as OpenAPI 3.1 documents of ours need it.
package indirect enum Schema: Equatable, Sendable {
  /// - closed: no other members than these.
  case object([Field], closed: Bool = true)
  /// An object used as a map: any names, values of one form.
  case map(Schema)
  case array(Schema, most: Int? = nil)
  /// - Parameters:
  ///   - format: a word for readers, such as `date-time` or `uri`; not checked.
  case string(format: String? = nil, shortest: Int = 0, longest: Int? = nil)
  case choice([String])
  case integer(_ range: ClosedRange<Int64>? = nil)
  case number
  case boolean
  case null
  /// Anything.
  case any
  case nullable(Schema)
  case oneOf([Schema])
  /// A schema of `NamedSchemas`, by its name.
  case ref(String)

  /// A member of an object.
  package struct Field: Equatable, Sendable {
    package var name: String
    package var schema: Schema
    package var isRequired: Bool
    package var summary: String?

    /// A member that is always there.
    package static func required(_ name: String, _ schema: Schema, _ summary: String? = nil) -> Field {
      Field(name: name, schema: schema, isRequired: true, summary: summary)
    }

    /// A member that may be left out.
    package static func optional(_ name: String, _ schema: Schema, _ summary: String? = nil) -> Field {
      Field(name: name, schema: schema, isRequired: false, summary: summary)
    }
  }

  /// A string with text in it.
  package static let text = Schema.string(shortest: 1)
  /// An ISO 8601 moment.
  package static let moment = Schema.string(format: "date-time")
  /// A number of things, 0 or more.
  package static let count = Schema.integer(0...Int64.max)

  /// AppHub's envelope of success around a schema.
  package static func data(_ schema: Schema) -> Schema { .object([.required("data", schema)]) }
}
