internal import BundleModel
internal import JSON

/// What is wrong with a request's form: of the whole, and of each field. Source: zod's `flatten()`.
package struct FlattenedError: Equatable, Sendable {
  package var formErrors: [String] = []
  /// In the order in which fields were found wrong.
  package private(set) var fields: [String] = []
  private var messages: [String: [String]] = [:]

  package init(formErrors: [String] = []) { self.formErrors = formErrors }

  package var isEmpty: Bool { formErrors.isEmpty && fields.isEmpty }

  /// What was said of one field.
  package subscript(_ field: String) -> [String] { messages[field] ?? [] }

  /// Says that a field is wrong.
  package mutating func add(_ field: String, _ message: String) {
    if messages[field] == nil { fields.append(field) }
    messages[field, default: []].append(message)
  }

  /// Sorts what a schema says: the whole document or a field of it.
  package init(_ complaints: [SchemaComplaint]) {
    for complaint in complaints {
      if let field = complaint.path.first {
        add(field, complaint.message)
      } else {
        formErrors.append(complaint.message)
      }
    }
  }

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.name("formErrors")
      json.array { json in
        for message in formErrors { json.string(UntrustedText.line(message)) }
      }
      json.name("fieldErrors")
      json.object { json in
        for field in fields {
          json.name(field)
          json.array { json in
            for message in self[field] { json.string(UntrustedText.line(message)) }
          }
        }
      }
    }
  }
}
