/// Header fields in the order in which they came; names differ not by case (RFC 9110 section 5).
package struct HeaderFields: Sendable, ExpressibleByDictionaryLiteral, CustomStringConvertible,
  CustomReflectable
{
  /// Names in lower case, with their values; a name may be there more than once.
  package private(set) var fields: [(name: String, value: String)] = []

  package init(dictionaryLiteral fields: (String, String)...) {
    for (name, value) in fields { add(name, value) }
  }

  /// The first value of a name; setting it replaces all, nil removes them.
  package subscript(_ name: String) -> String? {
    get {
      let name = name.lowercased()
      return fields.first { $0.name == name }?.value
    }
    set {
      let lowered = name.lowercased()
      fields.removeAll { $0.name == lowered }
      if let newValue { add(lowered, newValue) }
    }
  }

  /// Every value of a name.
  package func all(_ name: String) -> [String] {
    let name = name.lowercased()
    return fields.filter { $0.name == name }.map(\.value)
  }

  /// Adds a field beside others of the same name.
  package mutating func add(_ name: String, _ value: String) { fields.append((name.lowercased(), value)) }

  /// Sets a field that nobody has set before.
  package mutating func setDefault(_ name: String, _ value: String) {
    if self[name] == nil { add(name, value) }
  }

  /// The names alone: values may be credentials.
  package var description: String { "[" + fields.map(\.name).joined(separator: ", ") + "]" }
  package var customMirror: Mirror { Mirror(self, unlabeledChildren: fields.map(\.name)) }
}
