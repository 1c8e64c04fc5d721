internal import BundleModel
internal import JSON
internal import Wire

/// Makes of events what clients get.
struct EventEncoder: Sendable {
  /// Scheme, host and port of the download links; nil: they are relative.
  let linkBase: String?

  /// The lines of one event.
  func encode(_ event: BundleEvent) -> EncodedEvent {
    switch event.kind {
    case .progress(let status):
      var json = JSONWriter(.line, reservingCapacity: 1024)
      WireStatus(status, publicURL: linkBase).write(to: &json)
      return Self.encoded(EventNames.progress, event.position, json)
    case .removed(let slug):
      var json = JSONWriter(.line)
      json.object { json in
        json.name("at")
        json.string(event.at)
        json.member("slug", slug.text)
      }
      return Self.encoded(EventNames.removed, event.position, json)
    case .resync: return Self.resync(at: event.position, reason: "all statuses were removed at once")
    }
  }

  /// Says that whoever keeps statuses has to read the list again; what comes next follows this position.
  static func resync(at position: EventPosition, reason: String) -> EncodedEvent {
    var json = JSONWriter(.line)
    json.object { $0.member("reason", reason) }
    return encoded(EventNames.resync, position, json)
  }

  private static func encoded(_ name: String, _ position: EventPosition, _ json: JSONWriter) -> EncodedEvent {
    EncodedEvent(position: position, bytes: ServerSentEvent.event(name, id: position, data: json.bytes))
  }
}
