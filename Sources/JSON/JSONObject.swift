/// The members of a JSON object, in the order in which their names were first written.
package struct JSONObject: Equatable, Sendable, ExpressibleByDictionaryLiteral {
  /// The names, each once.
  package private(set) var keys: [String] = []
  private var members: [String: JSONValue] = [:]

  package init(dictionaryLiteral members: (String, JSONValue)...) {
    for (name, value) in members { set(name, value) }
  }

  /// The members' values, in the order of `keys`.
  package var values: [JSONValue] { keys.compactMap { members[$0] } }

  /// The value of a name; nil when there is no such member.
  package subscript(_ name: String) -> JSONValue? { members[name] }

  /// Sets a member, in place of an earlier one of the same name.
  mutating func set(_ name: String, _ value: JSONValue) {
    if members.updateValue(value, forKey: name) == nil { keys.append(name) }
  }

  /// Objects are equal whatever the order of their members.
  package static func == (a: JSONObject, b: JSONObject) -> Bool { a.members == b.members }
}
