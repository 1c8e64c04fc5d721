internal import BundleModel
internal import JSON

/// Reads typed fields of a JSON object; errors (class bundle) name the file and the field.
struct FieldReader {
  private let path: String
  private let prefix: String
  private let fields: JSONObject

  /// Parses a document whose top must be an object.
  init(json: [UInt8], path: String) throws(PackagingError) {
    let document: JSONValue
    do {
      document = try JSONValue(parsing: json)
    } catch {
      throw PackagingError(.bundle, "\(path): \(error)")
    }
    guard case .object(let fields) = document else {
      throw PackagingError(.bundle, "\(path): must be a JSON object, not \(document.kind)")
    }
    self.init(path: path, prefix: "", fields: fields)
  }

  private init(path: String, prefix: String, fields: JSONObject) {
    self.path = path
    self.prefix = prefix
    self.fields = fields
  }

  /// An error about one field.
  func wrong(_ name: String, _ what: String) -> PackagingError {
    PackagingError(.bundle, "\(path): \(prefix)\(name) \(what)")
  }

  /// A string, trimmed; nil when absent, null or blank.
  func string(_ name: String) throws(PackagingError) -> String? {
    switch fields[name] {
    case nil, .null: return nil
    case .string(let text): return text.nonBlank
    case .some(let other): throw wrong(name, "must be a string, not \(other.kind)")
    }
  }

  /// An array of strings, trimmed, blanks dropped unless kept as they are; nil when absent or null.
  func strings(_ name: String, keepingBlanks: Bool = false) throws(PackagingError) -> [String]? {
    switch fields[name] {
    case nil, .null: return nil
    case .array(let values):
      var out: [String] = []
      for (index, value) in values.enumerated() {
        guard case .string(let text) = value else {
          throw wrong("\(name)[\(index)]", "must be a string, not \(value.kind)")
        }
        if keepingBlanks { out.append(text) } else if let text = text.nonBlank { out.append(text) }
      }
      return out
    case .some(let other): throw wrong(name, "must be an array of strings, not \(other.kind)")
    }
  }

  /// Readers of an array's objects; none when absent or null.
  func objects(_ name: String) throws(PackagingError) -> [FieldReader] {
    switch fields[name] {
    case nil, .null: return []
    case .array(let values):
      var out: [FieldReader] = []
      for (index, value) in values.enumerated() {
        guard case .object(let inner) = value else {
          throw wrong("\(name)[\(index)]", "must be an object, not \(value.kind)")
        }
        out.append(FieldReader(path: path, prefix: "\(prefix)\(name)[\(index)].", fields: inner))
      }
      return out
    case .some(let other): throw wrong(name, "must be an array of objects, not \(other.kind)")
    }
  }

  /// An object's reader; nil when absent or null.
  func object(_ name: String) throws(PackagingError) -> FieldReader? {
    switch fields[name] {
    case nil, .null: return nil
    case .object(let inner): return FieldReader(path: path, prefix: "\(prefix)\(name).", fields: inner)
    case .some(let other): throw wrong(name, "must be an object, not \(other.kind)")
    }
  }
}
