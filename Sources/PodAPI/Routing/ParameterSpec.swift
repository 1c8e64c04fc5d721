/// A value in a route's path, query or header fields, as data.
package struct ParameterSpec: Sendable {
  package enum Place: String, Sendable {
    case path, query, header
  }

  package var name: String
  package var place: Place
  package var schema: Schema
  package var isRequired: Bool
  package var summary: String?

  /// A name between the braces of the pattern.
  package static func path(_ name: String, _ schema: Schema = .text, _ summary: String? = nil) -> ParameterSpec {
    ParameterSpec(name: name, place: .path, schema: schema, isRequired: true, summary: summary)
  }

  /// An item of the query.
  package static func query(
    _ name: String, _ schema: Schema, required: Bool = false, _ summary: String? = nil
  ) -> ParameterSpec {
    ParameterSpec(name: name, place: .query, schema: schema, isRequired: required, summary: summary)
  }

  /// A header field.
  package static func header(_ name: String, _ schema: Schema, _ summary: String? = nil) -> ParameterSpec {
    ParameterSpec(name: name, place: .header, schema: schema, isRequired: false, summary: summary)
  }
}
