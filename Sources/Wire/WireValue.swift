internal import BundleModel
internal import JSON

/// The value of a field on the wire.
enum WireValue: Encodable {
  case null
  case text(String)
  case number(Int64)
  case flag(Bool)
  case moment(Timestamp)

  init(_ text: String?) { self = text.map(WireValue.text) ?? .null }
  init(_ number: Int64?) { self = number.map(WireValue.number) ?? .null }
  init(_ flag: Bool?) { self = flag.map(WireValue.flag) ?? .null }
  init(_ moment: Timestamp?) { self = moment.map(WireValue.moment) ?? .null }

  func encode(to encoder: any Encoder) throws {
    var out = encoder.singleValueContainer()
    switch self {
    case .null: try out.encodeNil()
    case .text(let text): try out.encode(text)
    case .number(let number): try out.encode(number)
    case .flag(let flag): try out.encode(flag)
    case .moment(let moment): try out.encode(moment.iso8601)
    }
  }

  func write(to json: inout JSONWriter) {
    switch self {
    case .null: json.null()
    case .text(let text): json.string(text)
    case .number(let number): json.number(number)
    case .flag(let flag): json.bool(flag)
    case .moment(let moment): json.string(moment)
    }
  }
}
