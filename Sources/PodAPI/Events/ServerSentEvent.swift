internal import BundleModel

/// The lines of an event stream. Source: the WHATWG HTML standard, section "Server-sent events".
enum ServerSentEvent {
  /// One event. `data` must have no line break, as JSON on one line has none.
  static func event(_ name: String, id: EventPosition, data: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(data.count + name.utf8.count + 64)
    bytes += "id: \(id.text)\nevent: \(name)\ndata: ".utf8
    bytes += data
    bytes += "\n\n".utf8
    return bytes
  }

  /// An id without an event: a client that loses its connection before the first event resumes from it.
  static func position(_ position: EventPosition) -> [UInt8] { Array("id: \(position.text)\n\n".utf8) }

  /// A line that clients skip, for people and for networks that end silent connections.
  static func comment(_ text: String) -> [UInt8] { Array(": \(text)\n\n".utf8) }
}
