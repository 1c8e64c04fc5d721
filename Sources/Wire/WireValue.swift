package import BundleModel
package import JSON

/// The value of a field on the wire.
package enum WireValue: Encodable, Sendable {
  case null
  case text(String)
  case number(Int64)
  case flag(Bool)
  case moment(Timestamp)
  case list([WireValue])
  case record(any WireWritable)

  init(_ text: String?) { self = text.map(WireValue.text) ?? .null }
  init(_ number: Int64?) { self = number.map(WireValue.number) ?? .null }
  init(_ flag: Bool?) { self = flag.map(WireValue.flag) ?? .null }
  init(_ moment: Timestamp?) { self = moment.map(WireValue.moment) ?? .null }
  init(_ record: (some WireWritable)?) { self = record.map { .record($0) } ?? .null }
  init(_ texts: [String]) { self = .list(texts.map(WireValue.text)) }
  init(_ records: [some WireWritable]) { self = .list(records.map { .record($0) }) }

  package func encode(to encoder: any Encoder) throws {
    var out = encoder.singleValueContainer()
    switch self {
    case .null: try out.encodeNil()
    case .text(let text): try out.encode(text)
    case .number(let number): try out.encode(number)
    case .flag(let flag): try out.encode(flag)
    case .moment(let moment): try out.encode(moment.iso8601)
    case .list(let values): try out.encode(values)
    case .record(let record): try out.encode(record)
    }
  }

  package func write(to json: inout JSONWriter) {
    switch self {
    case .null: json.null()
    case .text(let text): json.string(text)
    case .number(let number): json.number(number)
    case .flag(let flag): json.bool(flag)
    case .moment(let moment): json.string(moment)
    case .list(let values): json.array { json in for value in values { value.write(to: &json) } }
    case .record(let record): record.write(to: &json)
    }
  }
}
