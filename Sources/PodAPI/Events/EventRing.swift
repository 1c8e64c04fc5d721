internal import BundleModel
internal import BundleStore

/// The newest events of a pod, without a gap among them, for all its clients.
struct EventRing: Equatable, Sendable {
  /// What a client finds here.
  enum Look: Equatable {
    /// What follows its position, at least one event.
    case events(ArraySlice<EncodedEvent>)
    /// It has all that there is.
    case nothing
    /// What follows its position is not here, or not all of it: the database knows.
    case elsewhere
  }

  private let most: Int
  private let mostBytes: Int
  /// Where the reader stands; nil before it has begun.
  private(set) var cursor: EventCursor?
  /// The position that the first event here follows.
  private var start = EventPosition(transaction: 0, number: 0)
  private var events: ArraySlice<EncodedEvent> = []
  private var bytes = 0

  /// - Parameters:
  ///   - most: how many events are kept.
  ///   - mostBytes: how many bytes of them.
  init(most: Int = 1024, mostBytes: Int = 1 << 20) {
    self.most = most
    self.mostBytes = mostBytes
  }

  /// Begins anew behind a position: what was here belongs to the past, or to another one.
  mutating func begin(at cursor: EventCursor) {
    self.cursor = cursor
    start = cursor.position
    events = []
    bytes = 0
  }

  /// Adds what follows the last event; the oldest make room.
  mutating func append(_ new: [EncodedEvent], next: EventCursor) {
    cursor = next
    events += new
    bytes += new.reduce(0) { $0 + $1.bytes.count }
    while events.count > most || bytes > mostBytes, let oldest = events.popFirst() {
      bytes -= oldest.bytes.count
      start = oldest.position
    }
    // A slice keeps what was cut off it.
    if events.startIndex > most { events = ArraySlice(Array(events)) }
  }

  /// What there is for a client that stands here. Positions of another run of the server mean nothing in this one.
  func look(after client: EventCursor) -> Look {
    guard let cursor, cursor.origin == client.origin, client.position >= start else { return .elsewhere }
    var (low, high) = (events.startIndex, events.endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if events[middle].position <= client.position { low = middle + 1 } else { high = middle }
    }
    return low == events.endIndex ? .nothing : .events(events[low...])
  }
}
