import BundleModel
import BundleStore
import TestSupport
import Testing

@testable import PodAPI

@Suite("What one client of the event stream gets next")
struct EventCourseTests {
  /// A course with a clock of its own and what it has written.
  private struct Scene {
    var course: EventCourse
    var view = EventCourse.View()
    var now = ContinuousClock.now
    var written: [String] = []

    /// - Parameter after: the last event that the client has.
    init(after: Int64? = nil) {
      course = EventCourse(
        after: after.map { EventPosition(transaction: 1, number: $0) }, pingEvery: .seconds(15), now: now)
    }

    /// Takes steps until one wants something of the outside.
    mutating func run() -> EventCourse.Step {
      while true {
        let step = course.step(view, now: now)
        guard case .write(let bytes) = step else { return step }
        written.append(String(decoding: bytes, as: UTF8.self))
      }
    }

    mutating func wake(after pause: Duration = .zero) -> EventCourse.Step {
      now += pause
      course.woke()
      written = []
      return run()
    }

    /// The pod's reader stands at `start` and then reads these.
    mutating func ring(_ start: Int64, _ events: ClosedRange<Int64>? = nil, most: Int = 100, origin: String = "run")
    {
      var ring = EventRing(most: most)
      ring.begin(at: .at(start, origin: origin))
      if let events {
        ring.append(events.map { .numbered($0) }, next: .at(events.upperBound, origin: origin))
      }
      view.ring = ring
    }

    var text: String { written.joined() }
  }

  private static let greeting = ": example bundles: every change, in its final order\n\n"

  @Test("without a position it begins now, and is told where that is")
  func now() {
    var scene = Scene()
    #expect(scene.run() == .start)
    #expect(scene.written == [Self.greeting])
    scene.course.begin(at: .at(5))
    // The reader of the pod has not begun: the database may know more.
    #expect(scene.run() == .page(.at(5)))
    #expect(scene.written.last == "id: 1-5\n\n")
    scene.course.took([], next: .at(5))
    #expect(scene.run() == .wait)
    scene.ring(4, 5...7)
    #expect(scene.wake() == .wait)
    #expect(scene.written == ["6 7 "])
    #expect(scene.wake() == .wait)
    #expect(scene.text == "")
  }

  @Test("with a position it reads pages of its own until the ring has what follows")
  func resumes() {
    var scene = Scene(after: 2)
    scene.ring(6, 7...8)
    #expect(scene.run() == .page(.at(2, origin: nil)))
    scene.course.took([.numbered(3), .numbered(4)], next: .at(4))
    #expect(scene.run() == .page(.at(4)))
    scene.course.took([.numbered(5), .numbered(6), .numbered(7)], next: .at(7))
    #expect(scene.run() == .wait)
    #expect(scene.text == Self.greeting + "3 4 5 6 7 8 ")
  }

  @Test("a position that is not known any more gives one resync, and then what happens from now on")
  func stale() {
    var scene = Scene(after: 2)
    scene.ring(6)
    _ = scene.run()
    scene.course.lost()
    #expect(scene.run() == .start)
    scene.course.begin(at: .at(6))
    scene.written = []
    #expect(scene.run() == .wait)
    #expect(
      scene.text == """
        id: 1-6
        event: example.bundle.resync
        data: {"reason":"the events behind the last one are not known any more"}


        """)
    scene.ring(6, 7...7)
    #expect(scene.wake() == .wait)
    #expect(scene.text == "7 ")
  }

  @Test("a client that falls behind the ring is told and reads by itself")
  func behind() {
    var scene = Scene(after: 2)
    scene.ring(2, 3...4)
    _ = scene.run()
    scene.course.took([], next: .at(2))
    #expect(scene.wake() == .wait)
    #expect(scene.text == "3 4 ")
    scene.ring(8, 9...12)
    #expect(scene.wake() == .page(.at(4)))
    scene.course.took((5...9).map { .numbered($0) }, next: .at(9))
    #expect(scene.run() == .wait)
    #expect(scene.written.first == ": you are behind; what you missed is read from the database\n\n")
    #expect(scene.written.dropFirst().joined() == "5 6 7 8 9 10 11 12 ")
  }

  @Test("one write holds 64 KiB at most, but one event at least")
  func batches() {
    var scene = Scene(after: 0)
    _ = scene.run()
    scene.written = []
    let sizes = [40_000, 20_000, 10_000, 90_000, 5]
    scene.course.took(zip(Int64(1)..., sizes).map { .numbered($0, size: $1) }, next: .at(5))
    _ = scene.run()
    #expect(scene.written.map(\.utf8.count) == [60_004, 10_002, 90_002, 7])
  }

  @Test("while nothing happens a ping comes every 15 seconds, also while the database is away")
  func pings() {
    var scene = Scene(after: 0)
    scene.ring(0)
    _ = scene.run()
    scene.course.took([], next: .at(0))
    _ = scene.run()
    #expect(scene.wake(after: .seconds(14)) == .wait)
    #expect(scene.text == "")
    #expect(scene.wake(after: .seconds(1)) == .wait)
    #expect(scene.text == ": ping\n\n")
    scene.view.isBlind = true
    _ = scene.wake(after: .seconds(14))
    #expect(scene.text == ": the database does not answer; events follow when it does\n\n")
    #expect(scene.wake(after: .seconds(14)) == .wait)
    #expect(scene.text == "")
    #expect(scene.wake(after: .seconds(1)) == .wait)
    #expect(scene.text == ": ping\n\n")
    scene.view.isBlind = false
    scene.ring(0, 1...1)
    #expect(scene.wake() == .wait)
    #expect(scene.text == ": the database answers again\n\n1 ")
  }

  @Test("a page that cannot be read is tried again when something has happened, and nothing is lost by it")
  func failures() {
    var scene = Scene(after: 2)
    scene.ring(6)
    #expect(scene.run() == .page(.at(2, origin: nil)))
    scene.course.failed()
    scene.written = []
    #expect(scene.run() == .wait)
    #expect(scene.text == ": the database does not answer; events follow when it does\n\n")
    #expect(scene.wake() == .page(.at(2, origin: nil)))
    #expect(scene.text == "")
    scene.course.took([.numbered(3)], next: .at(3))
    #expect(scene.run() == .page(.at(3)))
    #expect(scene.text == ": the database answers again\n\n3 ")
    // Where now is, too.
    scene.course.lost()
    #expect(scene.run() == .start)
    scene.course.failed()
    #expect(scene.run() == .wait)
    #expect(scene.wake() == .start)
  }

  @Test(
    "a client of an earlier run of the server is not served from a ring of the new one, nor the other way round")
  func otherHistory() {
    var scene = Scene(after: 2)
    scene.ring(2, 3...3)
    _ = scene.run()
    scene.course.took([], next: .at(2))
    _ = scene.run()
    scene.ring(1, 2...9, origin: "new")
    #expect(scene.wake() == .page(.at(3)))
    scene.course.lost()
    _ = scene.run()
    scene.course.begin(at: .at(8, origin: "new"))
    scene.ring(1, 2...9, origin: "run")
    #expect(scene.run() == .page(.at(8, origin: "new")))
  }

  /// Whatever the ring keeps and whenever the client comes, wakes, or cannot read: each event once, in order.
  @Test("nothing is lost and nothing repeated", arguments: 1...200)
  func property(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var head = Int64.random(in: 0...20, using: &random)
    let first = Int64.random(in: 0...head, using: &random)
    var scene = Scene(after: first)
    var ring = EventRing(most: Int.random(in: 1...8, using: &random))
    var hasBegun = false
    for turn in 0..<60 {
      let isLast = turn == 59
      if !isLast { head += Int64.random(in: 0...4, using: &random) }
      if isLast || random.chance(60) {
        let at = ring.cursor?.position.number
        if let at, hasBegun {
          if at < head { ring.append((at + 1...head).map { .numbered($0) }, next: .at(head)) }
        } else {
          hasBegun = true
          ring.begin(at: .at(head))
        }
      }
      scene.view.ring = ring
      scene.course.woke()
      while case .page(let cursor) = scene.run() {
        if !isLast, random.chance(20) {
          scene.course.failed()
          continue
        }
        let from = cursor.position.number
        let to = min(head, from + Int64.random(in: 1...5, using: &random))
        let page = from < to ? (from + 1...to).map { EncodedEvent.numbered($0) } : []
        scene.course.took(page, next: .at(max(from, to)))
      }
    }
    let events = scene.text.split(separator: "\n").flatMap { line in
      line.hasPrefix(":") ? [] : line.split(separator: " ").compactMap { Int64($0) }
    }
    #expect(events == (first < head ? Array(first + 1...head) : []))
  }
}
