internal import JSON

extension Schema {
  /// A parameter's text as the value that this schema means: numbers and truth are written as text in a path or query.
  func value(ofParameter text: String) -> JSONValue {
    switch self {
    case .integer, .number:
      guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }),
        let number = Double(text), number.isFinite
      else { return .string(text) }
      return .number(number)
    case .boolean: return text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
    case .nullable(let schema): return schema.value(ofParameter: text)
    default: return .string(text)
    }
  }
}
