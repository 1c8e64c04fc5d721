package import JSON

/// What is one JSON object on the wire: written at once, or by an encoder among values of other programs.
package protocol WireWritable: Encodable, Sendable {
  func write(to json: inout JSONWriter)
}

/// An object that is told by the list of its members.
package protocol WireRecord: WireWritable {
  /// Names and values, sorted by name: in this order they are written.
  var members: [(name: String, value: WireValue)] { get }
}

extension WireRecord {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      for member in members {
        json.name(member.name)
        member.value.write(to: &json)
      }
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var out = encoder.container(keyedBy: WireName.self)
    for member in members { try out.encode(member.value, forKey: WireName(stringValue: member.name)) }
  }
}

extension WireStatus: WireWritable {}

extension JSONWriter {
  /// Writes a member that is a record, or null.
  package mutating func member(_ name: String, _ record: (some WireWritable)?) {
    self.name(name)
    if let record { record.write(to: &self) } else { null() }
  }
}

/// The name of a member.
private struct WireName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
