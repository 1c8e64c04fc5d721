package import BundleModel

/// A value for `$1`, `$2` and so on.
///
/// All but `bytes` travel as text of unknown type, so the statement decides the type: a column, or a cast such as
/// `$1::interval` where nothing else does.
package enum Parameter: Sendable, Hashable {
  case null
  /// Any text without NUL characters; also uuid, jsonb, enumerations and whatever else has a text form.
  case text(String)
  case integer(Int64)
  case boolean(Bool)
  case double(Double)
  /// `Timestamp.infiniteFuture` and `.infinitePast` are sent as `infinity` and `-infinity`.
  case timestamp(Timestamp)
  /// Cut to whole microseconds.
  case interval(Duration)
  /// text[]
  case textArray([String])
  /// bytea
  case bytes([UInt8])
}

extension Parameter {
  package init(_ value: String?) { self = value.map { .text($0) } ?? .null }
  package init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  package init(_ value: Int64?) { self = value.map { .integer($0) } ?? .null }
  package init(_ value: Bool?) { self = value.map { .boolean($0) } ?? .null }
  package init(_ value: Double?) { self = value.map { .double($0) } ?? .null }
  package init(_ value: Timestamp?) { self = value.map { .timestamp($0) } ?? .null }
  package init(_ value: Duration?) { self = value.map { .interval($0) } ?? .null }
  package init(_ value: [String]?) { self = value.map { .textArray($0) } ?? .null }
  package init(_ value: [UInt8]?) { self = value.map { .bytes($0) } ?? .null }

  /// An integer of the usual size.
  package static func integer(_ value: Int) -> Parameter { .integer(Int64(value)) }
}

extension Parameter: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral, ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .text(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(nilLiteral: ()) { self = .null }
}

extension Timestamp {
  /// What Postgres calls `infinity`: later than every other moment.
  package static let infiniteFuture = Timestamp(microseconds: .max)
  /// What Postgres calls `-infinity`: before every other moment.
  package static let infinitePast = Timestamp(microseconds: .min)
}
