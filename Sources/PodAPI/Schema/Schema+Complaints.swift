package import JSON

/// One thing that is wrong with a value, and where in it.
package struct SchemaComplaint: Equatable, Sendable, CustomStringConvertible {
  /// Member names and array indices from the outermost in; empty for the value itself.
  package var path: [String]
  package var message: String

  package var description: String { path.isEmpty ? message : "\(path.joined(separator: ".")): \(message)" }
}

extension Schema {
  /// The first thing that is wrong with a value; nil when it has this form.
  package func complaint(about value: JSONValue) -> String? { complaints(about: value).first?.description }

  /// Everything that is wrong with a value, in the words of AppHub's validator (zod 3).
  package func complaints(about value: JSONValue) -> [SchemaComplaint] {
    var found: [SchemaComplaint] = []
    check(value, at: [], into: &found)
    return found
  }

  private func check(_ value: JSONValue, at path: [String], into found: inout [SchemaComplaint]) {
    func complain(_ message: String) { found.append(SchemaComplaint(path: path, message: message)) }
    func complainOfKind() { complain("Expected \(kindName), received \(Schema.kindName(of: value))") }
    switch (self, value) {
    case (.any, _), (.null, .null), (.number, .number), (.boolean, .bool), (.nullable, .null): return
    case (.nullable(let schema), _): schema.check(value, at: path, into: &found)
    case (.ref(let name), _):
      guard let schema = NamedSchemas.all[name] else { return complain("no schema is named \(name)") }
      schema.check(value, at: path, into: &found)
    case (.oneOf(let schemas), _):
      let fitting = schemas.count { $0.complaints(about: value).isEmpty }
      if fitting == 0 { complain("Invalid input") }
      if fitting > 1 { complain("Invalid input: fits more than one form") }
    case (.integer(let range), .number(let number)):
      guard number == number.rounded() else { return complain("Expected integer, received float") }
      guard let range else { return }
      if number < Double(range.lowerBound) {
        complain("Number must be greater than or equal to \(range.lowerBound)")
      } else if number > Double(range.upperBound) {
        complain("Number must be less than or equal to \(range.upperBound)")
      }
    case (.string(_, let shortest, let longest), .string(let text)):
      // Counted as JavaScript and JSON Schema's readers do: neither bytes nor what a person sees.
      let count = text.unicodeScalars.count
      if count < shortest { complain("String must contain at least \(shortest) character(s)") }
      if let longest, count > longest { complain("String must contain at most \(longest) character(s)") }
      // No text of the database can hold one.
      if text.utf8.contains(0) { complain("String must not contain NUL characters") }
    case (.choice(let choices), .string(let text)):
      if !choices.contains(text) {
        let list = choices.map { "'\($0)'" }.joined(separator: " | ")
        complain("Invalid enum value. Expected \(list), received '\(text)'")
      }
    case (.array(let schema, let most), .array(let values)):
      if let most, values.count > most { complain("Array must contain at most \(most) element(s)") }
      for (index, value) in values.enumerated() { schema.check(value, at: path + ["\(index)"], into: &found) }
    case (.map(let schema), .object(let object)):
      for name in object.keys { schema.check(object[name] ?? .null, at: path + [name], into: &found) }
    case (.object(let fields, let closed), .object(let object)):
      for field in fields {
        if let value = object[field.name] {
          field.schema.check(value, at: path + [field.name], into: &found)
        } else if field.isRequired {
          found.append(SchemaComplaint(path: path + [field.name], message: "Required"))
        }
      }
      guard closed else { return }
      let unknown = object.keys.filter { key in !fields.contains { $0.name == key } }
      if !unknown.isEmpty {
        complain("Unrecognized key(s) in object: \(unknown.map { "'\($0)'" }.joined(separator: ", "))")
      }
    default: complainOfKind()
    }
  }

  private var kindName: String {
    switch self {
    case .object, .map: "object"
    case .array: "array"
    case .string, .choice: "string"
    case .integer, .number: "number"
    case .boolean: "boolean"
    case .null: "null"
    case .any, .nullable, .oneOf, .ref: "another value"
    }
  }

  private static func kindName(of value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
