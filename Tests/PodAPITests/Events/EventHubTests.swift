import BundleModel
import BundleStore
import Logging
import Synchronization
import TestSupport
import Testing

@testable import PodAPI

/// A database of events by script.
private final class ScriptedEvents: Sendable {
  struct State {
    var head: Int64 = 0
    /// The oldest position that can be continued.
    var floor: Int64 = 0
    var isAway = false
    var listeners: [Int: @Sendable () -> Void] = [:]
    var listened = 0
    var pages = 0
  }

  let state = Mutex(State())

  /// Writes events, and rings.
  func write(_ count: Int64) {
    let listeners = state.withLock { state in
      state.head += count
      return Array(state.listeners.values)
    }
    for ring in listeners { ring() }
  }

  func hub(most: Int = 10, pingEvery: Duration = .seconds(3600), pollEvery: Duration = .seconds(3600)) -> EventHub {
    EventHub(
      source: EventSource(
        start: { () async throws(StoreError) in
          try self.reached { .at($0.head) }
        },
        page: { (cursor, limit) async throws(StoreError) in
          try self.reached { state in
            state.pages += 1
            let from = cursor.position.number
            guard from >= state.floor else { return .stale }
            let to = min(state.head, from + Int64(limit))
            let events = from < to ? (from + 1...to).map(Self.event) : []
            return .events(events, next: .at(max(from, to)))
          }
        },
        listen: { ring in
          let number = self.state.withLock { state in
            state.listened += 1
            state.listeners[state.listened] = ring
            return state.listened
          }
          for await _ in AsyncStream<Never>.makeStream().stream {}
          self.state.withLock { $0.listeners[number] = nil }
        }, pollEvery: pollEvery),
      encoder: EventEncoder(linkBase: nil), most: most, pingEvery: pingEvery, log: RouterFixture.silent)
  }

  private func reached<Value>(_ body: (inout State) -> Value) throws(StoreError) -> Value {
    let value = state.withLock { $0.isAway ? nil : body(&$0) }
    guard let value else { throw StoreError(.unavailable, "away") }
    return value
  }

  private static func event(_ number: Int64) -> BundleEvent {
    BundleEvent(
      position: EventPosition(transaction: 1, number: number), kind: .removed(Slug("b\(number)")!),
      at: Timestamp(microseconds: 0))
  }
}

/// Keeps what a client is sent; can refuse to take it.
private final class KeptBytes: ByteSink {
  private let kept = Mutex("")
  private let gate: AsyncStream<Void>?

  /// - Parameter gate: nothing is taken before it has ended.
  init(gate: AsyncStream<Void>? = nil) { self.gate = gate }

  func write(_ bytes: [UInt8]) async throws {
    if let gate { for await _ in gate {} }
    try Task.checkCancellation()
    kept.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
  }

  var text: String { kept.withLock { $0 } }

  /// The numbers of the events that came.
  var events: [Int64] {
    text.split(separator: "\n\n").compactMap { part in
      let lines = part.split(separator: "\n")
      guard lines.count == 3, lines[1] == "event: example.bundle.removed" else { return nil }
      return lines[0].split(separator: "-").last.flatMap { Int64($0) }
    }
  }
}

@Suite("The event stream of one pod", .timeLimit(.minutes(2)))
struct EventHubTests {
  private static func client(_ hub: EventHub, after: Int64?, to sink: KeptBytes) async throws -> Task<
    Void, any Error
  > {
    let position = after.map { EventPosition(transaction: 1, number: $0) }
    let seat = try #require(hub.seat())
    var client = EventClient(hub: hub, seat: seat, after: position)
    try await client.begin(after: position)
    return Task { [client] in try await client.serve(sink) }
  }

  private static func wait(_ description: String, _ condition: () async throws -> Bool) async throws {
    try await eventually(within: .seconds(60), description, condition)
  }

  @Test("one reader serves all clients, works while there are any, and each gets what follows its position")
  func sharing() async throws {
    let script = ScriptedEvents()
    let hub = script.hub()
    script.write(7)
    #expect(script.state.withLock { $0.listened } == 0)
    let sinks = [KeptBytes(), KeptBytes(), KeptBytes()]
    var tasks: [Task<Void, any Error>] = []
    for (sink, after) in zip(sinks, [nil, 7, 2] as [Int64?]) {
      tasks.append(try await Self.client(hub, after: after, to: sink))
    }
    try await Self.wait("the third has caught up") { sinks[2].events == [3, 4, 5, 6, 7] }
    try await Self.wait("the reader has begun") { hub.view.ring.cursor?.position.number == 7 }
    let (pages, began) = (script.state.withLock { $0.pages }, ContinuousClock.now)
    for _ in 1...50 { script.write(1) }
    try await Self.wait("all have all") { sinks.allSatisfy { $0.events.last == 57 } }
    #expect(sinks.map { $0.events.count } == [50, 50, 55])
    #expect(script.state.withLock { $0.listened } == 1)
    // Each look of the one reader is a page at most, and between bells it looks every 20 ms at most; three clients
    // that read for themselves would be thrice as many.
    let looks = 50 + 8 + Int((.now - began) / .milliseconds(20))
    #expect(script.state.withLock { $0.pages } - pages <= looks)
    for task in tasks { task.cancel() }
    for task in tasks { _ = await task.result }
    #expect(hub.clients == 0)
    #expect(script.state.withLock { $0.listeners.isEmpty })
    #expect(hub.view == EventCourse.View())
    // And again.
    let late = KeptBytes()
    let task = try await Self.client(hub, after: 50, to: late)
    try await Self.wait("it has caught up") { late.events.last == 57 }
    script.write(1)
    try await Self.wait("it is live") { late.events == Array(51...58) }
    task.cancel()
    _ = await task.result
  }

  @Test("a client that takes nothing holds up nobody, costs no memory, and misses nothing when it takes again")
  func slow() async throws {
    let script = ScriptedEvents()
    let hub = script.hub()
    let (gate, opens) = AsyncStream.makeStream(of: Void.self)
    let (slow, quick) = (KeptBytes(gate: gate), KeptBytes())
    let tasks = [
      try await Self.client(hub, after: 0, to: slow), try await Self.client(hub, after: 0, to: quick),
    ]
    for _ in 1...30 { script.write(100) }
    try await Self.wait("the quick one has all") { quick.events.last == 3000 }
    #expect(hub.view.ring.look(after: .at(0)) == .elsewhere)
    #expect(slow.text == "")
    opens.finish()
    try await Self.wait("the slow one has all") { slow.events.last == 3000 }
    #expect(slow.events == Array(1...3000))
    #expect(quick.events == Array(1...3000))
    for task in tasks { task.cancel() }
    for task in tasks { _ = await task.result }
  }

  @Test("while the database is away streams stay open, say so, and go on without a gap")
  func outage() async throws {
    let script = ScriptedEvents()
    let hub = script.hub(pingEvery: .milliseconds(50), pollEvery: .milliseconds(20))
    let sink = KeptBytes()
    let task = try await Self.client(hub, after: nil, to: sink)
    try await Self.wait("the reader has begun") { hub.view.ring.cursor != nil }
    script.state.withLock { $0.isAway = true }
    try await Self.wait("it says so, and pings") {
      sink.text.split(separator: "does not answer").dropFirst().first?.contains(": ping") == true
    }
    script.state.withLock { $0.head += 5 }
    await #expect(throws: StoreError.self) { _ = try await Self.client(hub, after: nil, to: KeptBytes()) }
    script.state.withLock { $0.isAway = false }
    try await Self.wait("it goes on") { sink.events == [1, 2, 3, 4, 5] }
    #expect(sink.text.contains(": the database answers again\n\n"))
    task.cancel()
    _ = await task.result
  }

  @Test("what was pruned gives one resync, to who resumes and to who was not read in time")
  func pruned() async throws {
    let script = ScriptedEvents()
    let hub = script.hub(pollEvery: .milliseconds(20))
    script.state.withLock {
      $0.head = 50
      $0.floor = 40
    }
    let sink = KeptBytes()
    let task = try await Self.client(hub, after: 7, to: sink)
    try await Self.wait("it is told") { sink.text.contains("id: 1-50\nevent: example.bundle.resync\n") }
    try await Self.wait("the reader has begun") { hub.view.ring.cursor?.position.number == 50 }
    script.state.withLock {
      $0.head = 90
      $0.floor = 80
    }
    try await Self.wait("it is told again") { sink.text.contains("id: 1-90\nevent: example.bundle.resync\n") }
    script.write(2)
    try await Self.wait("it goes on") { sink.events == [91, 92] }
    task.cancel()
    _ = await task.result
  }

  @Test("there are so many seats, and one is free when its client is gone, however it went")
  func seats() async throws {
    let hub = ScriptedEvents().hub(most: 2)
    var kept = [hub.seat(), hub.seat()]
    #expect(kept.allSatisfy { $0 != nil })
    #expect(hub.seat() == nil)
    kept.removeLast()
    let sink = KeptBytes()
    let task = try await Self.client(hub, after: nil, to: sink)
    #expect(hub.seat() == nil)
    task.cancel()
    _ = await task.result
    try await Self.wait("it is free") { hub.seat() != nil }
  }
}

@Suite("How the stream's reader paces itself")
struct EventPaceTests {
  @Test("a few looks follow each bell, then the clock's")
  func pauses() {
    var pace = EventPace(pollEvery: .seconds(1))
    var pauses = (0..<6).map { _ in pace.pause() }
    #expect(
      pauses == [
        .milliseconds(20), .milliseconds(60), .milliseconds(150), .milliseconds(400), .seconds(1), .seconds(1),
      ])
    pace.rang()
    #expect(pace.pause() == .milliseconds(20))
    pace = EventPace(pollEvery: .milliseconds(100))
    pauses = (0..<4).map { _ in pace.pause() }
    #expect(pauses == [.milliseconds(20), .milliseconds(60), .milliseconds(100), .milliseconds(100)])
  }
}
