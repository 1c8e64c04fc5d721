internal import BundleModel
internal import BundleStore

extension Route {
  /// Every change, in an order that is the same on every pod, so that a client resumes on any of them.
  static let events = Route(
    .get, "/events", operationID: "followEvents",
    summary: """
      Every change as server-sent events: example.bundle.progress with a status, example.bundle.removed with a name, \
      example.bundle.resync when the list must be read again. Begins now, or behind the event whose id is given.
      """, access: .scope(.read),
    parameters: [
      .header("last-event-id", .string(longest: 64), "The id of the last event that the client has."),
      .query("lastEventId", .string(longest: 64), "The same, for clients that cannot set header fields."),
    ],
    responses: [
      ResponseSpec(
        200, "The stream; it goes on until the client or the pod goes.", .bytes(type: "text/event-stream"))
    ]
  ) { request, _, services in
    let position = try lastEventID(of: request)
    let headers: HeaderFields = ["content-type": "text/event-stream", "x-accel-buffering": "no"]
    guard request.method != .head else { return APIAnswer(200, headers: headers) }
    let hub = services.events
    guard let seat = hub.seat() else {
      throw APIError.unavailable(
        "this pod has as many clients of its events as it takes; try again, or another pod")
    }
    var client = EventClient(hub: hub, seat: seat, after: position)
    try await client.begin(after: position)
    return APIAnswer(200, headers: headers, body: .endless { [client] sink in try await client.serve(sink) })
  }

  /// The last event that the client has; nil when it begins now. The header is newer than what the URL says.
  private static func lastEventID(of request: APIRequest) throws(APIError) -> EventPosition? {
    for (name, text) in [
      ("last-event-id", request.headers["last-event-id"]), ("lastEventId", request.query["lastEventId"]),
    ] {
      guard let text = text?.nonBlank else { continue }
      guard let position = EventPosition(text) else {
        var complaints = FlattenedError()
        complaints.add(name, "Invalid: not the id of an event")
        throw .invalid(complaints)
      }
      return position
    }
    return nil
  }
}
