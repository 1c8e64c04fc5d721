package import JSON

extension Schema {
  /// Writes the schema as JSON Schema 2020-12, the dialect of OpenAPI 3.1.
  package func write(to json: inout JSONWriter) { json.object { write(membersTo: &$0, summary: nil) } }

  private func write(to json: inout JSONWriter, summary: String?) {
    json.object { write(membersTo: &$0, summary: summary) }
  }

  private func write(membersTo json: inout JSONWriter, summary: String?) {
    if let summary { json.member("description", summary) }
    switch self {
    case .any: break
    case .null: json.member("type", "null")
    case .boolean: json.member("type", "boolean")
    case .number: json.member("type", "number")
    case .ref(let name): json.member("$ref", "#/components/schemas/\(name)")
    case .choice(let choices):
      json.member("type", "string")
      json.name("enum")
      json.array { json in for choice in choices { json.string(choice) } }
    case .integer(let range):
      json.member("type", "integer")
      if let range {
        json.member("minimum", range.lowerBound)
        if range.upperBound != .max { json.member("maximum", range.upperBound) }
      }
    case .string(let format, let shortest, let longest):
      json.member("type", "string")
      if let format { json.member("format", format) }
      if shortest > 0 { json.member("minLength", Int64(shortest)) }
      if let longest { json.member("maxLength", Int64(longest)) }
    case .array(let schema, let most):
      json.member("type", "array")
      json.name("items")
      schema.write(to: &json)
      if let most { json.member("maxItems", Int64(most)) }
    case .map(let schema):
      json.member("type", "object")
      json.name("additionalProperties")
      schema.write(to: &json)
    case .object(let fields, let closed): write(fields, closed: closed, to: &json)
    case .nullable(let schema): write("anyOf", [schema, .null], to: &json)
    case .oneOf(let schemas): write("oneOf", schemas, to: &json)
    }
  }

  private func write(_ fields: [Field], closed: Bool, to json: inout JSONWriter) {
    json.member("type", "object")
    json.name("properties")
    json.object { json in
      for field in fields {
        json.name(field.name)
        field.schema.write(to: &json, summary: field.summary)
      }
    }
    json.name("required")
    json.array { json in for field in fields where field.isRequired { json.string(field.name) } }
    if closed {
      json.name("additionalProperties")
      json.bool(false)
    }
  }

  private func write(_ word: String, _ schemas: [Schema], to json: inout JSONWriter) {
    json.name(word)
    json.array { json in for schema in schemas { schema.write(to: &json) } }
  }
}

extension JSONWriter {
  /// Writes a member that is a string.
  mutating func member(_ name: String, _ value: String) {
    self.name(name)
    string(value)
  }

  /// Writes a member that is a string, or null.
  mutating func member(_ name: String, _ value: String?) {
    self.name(name)
    if let value { string(value) } else { null() }
  }

  /// Writes a member that is a number.
  mutating func member(_ name: String, _ value: Int64) {
    self.name(name)
    number(value)
  }
}
