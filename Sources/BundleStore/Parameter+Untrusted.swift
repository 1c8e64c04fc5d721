internal import BundleModel
internal import FoundationEssentials
internal import Postgres

extension Parameter {
  /// The name that a person or program claims.
  static func who(_ name: String) -> Parameter { .text(UntrustedText.line(name, limit: 200)) }

  /// Text of others, in one line.
  static func line(_ text: String?) -> Parameter { Parameter(text.map { UntrustedText.line($0) }) }

  /// Text of others, in several lines.
  static func block(_ text: String?) -> Parameter { Parameter(text.map { UntrustedText.block($0) }) }

  /// Members of the audit's `detail`.
  ///
  /// - Parameter subject: whose detail it is, for the error.
  static func detail(_ members: [String: String], of subject: @autoclosure () -> String) throws(StoreError)
    -> Parameter
  {
    guard let encoded = try? JSONEncoder().encode(members) else {
      throw StoreError(.invalid, "\(subject()) cannot be written as JSON")
    }
    return .text(String(decoding: encoded, as: UTF8.self))
  }

  /// A row as jsonb: columns as text, those that are absent are null.
  static func row(_ members: [String: String]) throws(StoreError) -> Parameter { try json(members) }

  /// Several rows as one jsonb array.
  static func rows(_ rows: [[String: String]]) throws(StoreError) -> Parameter { try json(rows) }

  private static func json(_ value: some Encodable) throws(StoreError) -> Parameter {
    guard let encoded = try? JSONEncoder().encode(value) else {
      throw StoreError(.invalid, "a row cannot be written as JSON")
    }
    return .text(String(decoding: encoded, as: UTF8.self))
  }
}

extension Claim {
  /// What every write of an attempt is fenced by: its `$1`, `$2` and `$3`.
  var fence: [Parameter] { [.text(job.text), .integer(attempt), .text(owner.text)] }
}
