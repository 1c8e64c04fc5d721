internal import BundleModel
internal import BundleStore

/// Serves one client of the event stream: does what its course says.
struct EventClient: Sendable {
  /// Events of a page that is read for this client alone.
  static let page = 100

  private let hub: EventHub
  private let seat: EventHub.Seat
  private var course: EventCourse

  /// - Parameters:
  ///   - seat: kept as long as the client is served.
  ///   - position: the last event that the client has; nil: it begins now.
  init(hub: EventHub, seat: EventHub.Seat, after position: EventPosition?) {
    self.hub = hub
    self.seat = seat
    course = EventCourse(after: position, pingEvery: hub.pingEvery, now: .now)
  }

  /// Finds out where the client begins, before it is promised anything.
  mutating func begin(after position: EventPosition?) async throws(StoreError) {
    if let position {
      try await read(after: EventCursor(position: position, origin: nil))
    } else {
      try await start()
    }
  }

  /// Serves until the client or the pod goes.
  func serve(_ sink: any ByteSink) async throws {
    try await hub.attend { bell in
      var client = self
      bell.ring()
      for await _ in bell.rings {
        client.course.woke()
        try await client.run(sink)
      }
    }
    withExtendedLifetime(seat) {}
  }

  /// Does what there is to do until there is nothing more.
  private mutating func run(_ sink: any ByteSink) async throws {
    while true {
      try Task.checkCancellation()
      let step = course.step(hub.view, now: .now)
      do throws(StoreError) {
        switch step {
        case .start: try await start()
        case .page(let cursor): try await read(after: cursor)
        case .write, .wait: break
        }
      } catch {
        course.failed()
      }
      switch step {
      case .write(let bytes): try await sink.write(bytes)
      case .wait: return
      case .start, .page: break
      }
    }
  }

  private mutating func start() async throws(StoreError) { course.begin(at: try await hub.source.start()) }

  private mutating func read(after cursor: EventCursor) async throws(StoreError) {
    switch try await hub.source.page(cursor, EventClient.page) {
    case .events(let events, let next): course.took(events.map(hub.encoder.encode), next: next)
    case .stale: course.lost()
    }
  }
}
