internal import BundleModel
internal import BundleStore

/// What one client of the event stream gets next: decides purely, without clock, socket or database.
///
/// A client is served from the ring that all share; one that is behind reads pages of the database by itself, so that
/// it costs no memory and holds up nobody. Its position moves by events that it was sent, and by nothing else.
struct EventCourse {
  /// What to do now.
  enum Step: Equatable {
    /// Ask where the newest event stands, then say `begin`.
    case start
    /// Read what follows, then say `took`.
    case page(EventCursor)
    case write([UInt8])
    /// Nothing, until something has happened or time has passed; then say `woke`.
    case wait
  }

  /// What the pod's reader knows.
  struct View: Equatable {
    var ring = EventRing()
    /// The database does not answer.
    var isBlind = false
  }

  /// Bytes of one write: what a slow client keeps waiting here.
  static let batch = 64 * 1024

  private let pingEvery: Duration
  private var lastWrite: ContinuousClock.Instant
  /// Nil until it is known where now is.
  private var cursor: EventCursor?
  /// Why `cursor` is nil: the client's own position cannot be continued.
  private var isResync = false
  /// What was read for this client alone and is not sent yet.
  private var page: ArraySlice<EncodedEvent> = []
  /// Comments that wait.
  private var words: [UInt8] = []
  /// The last page was empty, or could not be read: no use in asking before something has happened.
  private var hasAll = false
  /// It has been served from the ring.
  private var isLive = false
  /// This client's own reading failed.
  private var isCutOff = false
  /// The client was told that the database does not answer.
  private var isToldBlind = false

  /// - Parameter position: the last event that the client has; nil: it begins now.
  init(after position: EventPosition?, pingEvery: Duration, now: ContinuousClock.Instant) {
    self.pingEvery = pingEvery
    lastWrite = now
    cursor = position.map { EventCursor(position: $0, origin: nil) }
    // Something at once, so that whoever is on the way passes the head on.
    words = ServerSentEvent.comment("example bundles: every change, in its final order")
  }

  /// What to do now.
  mutating func step(_ view: View, now: ContinuousClock.Instant) -> Step {
    let isBlind = view.isBlind || isCutOff
    if isBlind != isToldBlind {
      isToldBlind = isBlind
      words += ServerSentEvent.comment(
        isBlind ? "the database does not answer; events follow when it does" : "the database answers again")
    }
    if !words.isEmpty {
      defer { words = [] }
      return write(words, now)
    }
    if !page.isEmpty {
      var rest = page
      defer { page = rest }
      return write(batch(from: &rest), now)
    }
    guard let cursor else { return hasAll ? pause(now) : .start }
    switch view.ring.look(after: cursor) {
    case .events(var events):
      isLive = true
      return write(batch(from: &events), now)
    case .nothing:
      isLive = true
      return pause(now)
    case .elsewhere:
      if hasAll { return pause(now) }
      if isLive {
        isLive = false
        words += ServerSentEvent.comment("you are behind; what you missed is read from the database")
      }
      return .page(cursor)
    }
  }

  /// Where now is.
  mutating func begin(at start: EventCursor) {
    cursor = start
    isCutOff = false
    if isResync {
      isResync = false
      page = [
        EventEncoder.resync(at: start.position, reason: "the events behind the last one are not known any more")
      ]
    } else {
      words += ServerSentEvent.position(start.position)
    }
  }

  /// What a page held.
  mutating func took(_ events: [EncodedEvent], next: EventCursor) {
    isCutOff = false
    hasAll = events.isEmpty
    page = events[...]
    // The position of the client stays; that the server knows it is news.
    if let cursor { self.cursor = EventCursor(position: cursor.position, origin: next.origin) }
  }

  /// What follows the position is not known any more: the client is told once, and goes on from now.
  mutating func lost() {
    isCutOff = false
    cursor = nil
    isResync = true
  }

  /// The database did not answer.
  mutating func failed() {
    isCutOff = true
    hasAll = true
  }

  /// Something may have happened.
  mutating func woke() { hasAll = false }

  private mutating func pause(_ now: ContinuousClock.Instant) -> Step {
    now - lastWrite < pingEvery ? .wait : write(ServerSentEvent.comment("ping"), now)
  }

  private mutating func write(_ bytes: [UInt8], _ now: ContinuousClock.Instant) -> Step {
    lastWrite = now
    return .write(bytes)
  }

  /// The first events, as many as go into one write but at least one; the position moves behind them.
  private mutating func batch(from events: inout ArraySlice<EncodedEvent>) -> [UInt8] {
    var bytes: [UInt8] = []
    while let event = events.first, bytes.isEmpty || bytes.count + event.bytes.count <= EventCourse.batch {
      bytes += event.bytes
      cursor?.position = event.position
      events.removeFirst()
    }
    return bytes
  }
}
