import BundleModel
import BundleStore
import Testing

@testable import PodAPI

@Suite("The ring of newest events")
struct EventRingTests {
  private static func ring(_ events: ClosedRange<Int64>, most: Int = 100, mostBytes: Int = 10_000) -> EventRing {
    var ring = EventRing(most: most, mostBytes: mostBytes)
    ring.begin(at: .at(events.lowerBound - 1))
    for number in events { ring.append([.numbered(number)], next: .at(number)) }
    return ring
  }

  private static func numbers(_ look: EventRing.Look) -> [Int64]? {
    switch look {
    case .events(let events): events.map(\.position.number)
    case .nothing: []
    case .elsewhere: nil
    }
  }

  @Test(
    "a client gets what follows its position, also one that is no event here",
    arguments: [(0, nil), (2, [3, 4, 5, 6]), (4, [5, 6]), (6, []), (9, [])] as [(Int64, [Int64]?)])
  func look(position: Int64, expected: [Int64]?) {
    #expect(Self.numbers(Self.ring(3...6).look(after: .at(position))) == expected)
  }

  @Test("a ring that has not begun knows nothing")
  func empty() {
    #expect(EventRing().look(after: .at(3)) == .elsewhere)
    #expect(EventRing().cursor == nil)
  }

  @Test("positions of another run of the server mean nothing here", arguments: [nil, "other"])
  func origin(origin: String?) {
    let client = EventCursor(position: EventPosition(transaction: 1, number: 4), origin: origin)
    #expect(Self.ring(3...6).look(after: client) == .elsewhere)
  }

  @Test("the oldest make room, by count and by bytes, and who needs them is sent elsewhere")
  func room() {
    let counted = Self.ring(1...1000, most: 10)
    #expect(Self.numbers(counted.look(after: .at(990))) == Array(991...1000))
    #expect(counted.look(after: .at(989)) == .elsewhere)
    let size = EncodedEvent.numbered(1).bytes.count
    let weighed = Self.ring(1...9, mostBytes: 3 * size)
    #expect(Self.numbers(weighed.look(after: .at(6))) == [7, 8, 9])
    #expect(weighed.look(after: .at(5)) == .elsewhere)
    // One that is larger than all room is not kept, and not lost either.
    let tiny = Self.ring(1...1, mostBytes: size - 1)
    #expect(tiny.look(after: .at(0)) == .elsewhere)
    #expect(tiny.look(after: .at(1)) == .nothing)
  }

  @Test("a ring that begins anew forgets")
  func anew() {
    var ring = Self.ring(1...5)
    ring.begin(at: .at(50, origin: "new"))
    #expect(ring.look(after: .at(4)) == .elsewhere)
    #expect(ring.look(after: .at(49, origin: "new")) == .elsewhere)
    #expect(ring.look(after: .at(50, origin: "new")) == .nothing)
  }
}

extension EventCursor {
  static func at(_ number: Int64, origin: String? = "run") -> EventCursor {
    EventCursor(position: EventPosition(transaction: 1, number: number), origin: origin)
  }
}

extension EncodedEvent {
  /// An event whose lines are its id and a blank.
  static func numbered(_ number: Int64, size: Int = 0) -> EncodedEvent {
    EncodedEvent(
      position: EventPosition(transaction: 1, number: number),
      bytes: Array("\(number) ".utf8) + [UInt8](repeating: UInt8(ascii: "."), count: size))
  }
}
