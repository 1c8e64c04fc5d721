import FoundationEssentials
import TestSupport

/// Any JSON value, as a script sees it.
enum JSON: Decodable, Hashable, Sendable {
  case null
  case boolean(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let known = try? value.decode(Bool.self) {
      self = .boolean(known)
    } else if let known = try? value.decode(Double.self) {
      self = .number(known)
    } else if let known = try? value.decode(String.self) {
      self = .string(known)
    } else if let known = try? value.decode([JSON].self) {
      self = .array(known)
    } else {
      self = .object(try value.decode([String: JSON].self))
    }
  }

  /// Reads a whole document.
  init(parsing text: String) throws {
    do {
      self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    } catch {
      throw TestSupportError("no JSON: \(text)")
    }
  }

  /// The value of a key; null when this is no object or has none.
  subscript(_ key: String) -> JSON {
    if case .object(let members) = self { members[key] ?? .null } else { .null }
  }

  /// The elements; none when this is no array.
  var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
  /// The names of an object's members.
  var keys: Set<String> { if case .object(let members) = self { Set(members.keys) } else { [] } }
  /// The text; nil when this is none.
  var text: String? { if case .string(let text) = self { text } else { nil } }
  /// The number; nil when this is none.
  var number: Double? { if case .number(let number) = self { number } else { nil } }
}
