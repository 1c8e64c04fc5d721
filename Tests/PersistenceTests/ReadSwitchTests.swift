import BundleModel
import BundleStore
import Persistence
import Synchronization
import Testing

@Suite("Which side is read", .timeLimit(.minutes(1)))
struct ReadSwitchTests {
  /// A database that answers as it is told, and a clock that stands until it is moved.
  private final class World: Sendable {
    let answer = Mutex<Result<ReadPoint, StoreError>>(.success(ReadPoint(side: .directory, snapshot: "1:1:")))
    let asked = Mutex(0)
    private let moment = Mutex(ContinuousClock.now)

    func move(_ span: Duration) { moment.withLock { $0 += span } }
    func say(_ point: ReadPoint) { answer.withLock { $0 = .success(point) } }
    func fail() { answer.withLock { $0 = .failure(StoreError(.unavailable, "away")) } }

    func readSwitch(_ mode: PersistenceMode) -> ReadSwitch {
      ReadSwitch(
        mode: mode, every: .seconds(1), now: { self.moment.withLock { $0 } },
        look: { () throws(StoreError) in
          self.asked.withLock { $0 += 1 }
          return try self.answer.withLock { $0 }.get()
        })
    }
  }

  @Test("in dual mode it is what the database said within a poll, and asked once a poll")
  func dual() async throws {
    let world = World()
    let point = world.readSwitch(.dual)
    for _ in 0..<5 { #expect(try await point.point().side == .directory) }
    #expect(world.asked.withLock { $0 } == 1)
    world.say(ReadPoint(side: .database, snapshot: "2:2:"))
    #expect(try await point.point().side == .directory)
    #expect(try await point.point(isFresh: true).side == .database)
    world.say(ReadPoint(side: .directory, snapshot: "3:3:"))
    #expect(try await point.point().side == .database)
    world.move(.seconds(1))
    #expect(try await point.point() == ReadPoint(side: .directory, snapshot: "3:3:"))
  }

  @Test(
    "a database that is away leaves what it said, and is asked once a poll; before it said anything it is an error")
  func away() async throws {
    let world = World()
    world.fail()
    let point = world.readSwitch(.dual)
    for _ in 0..<5 { await #expect(throws: StoreError.self) { _ = try await point.point(isFresh: true) } }
    #expect(world.asked.withLock { $0 } == 1)
    world.say(ReadPoint(side: .database))
    world.move(.seconds(1))
    #expect(try await point.point().side == .database)
    world.fail()
    for _ in 0..<5 { #expect(try await point.point(isFresh: true).side == .database) }
    #expect(world.asked.withLock { $0 } == 3)
  }

  @Test("the other modes read what they write, whatever the database says")
  func others() async throws {
    let world = World()
    world.say(ReadPoint(side: .database, snapshot: "2:2:"))
    #expect(
      try await world.readSwitch(.filesystem).point() == ReadPoint(side: .directory, snapshot: "2:2:"))
    world.say(ReadPoint(side: .directory))
    let database = world.readSwitch(.database)
    let asked = world.asked.withLock { $0 }
    #expect(try await database.point(isFresh: true).side == .database)
    #expect(world.asked.withLock { $0 } == asked)
    world.fail()
    #expect(try await world.readSwitch(.filesystem).point().side == .directory)
  }

  @Test("while a directory is behind it still holds what it held")
  func followed() async throws {
    let world = World()
    let point = world.readSwitch(.dual)
    world.say(ReadPoint(side: .directory, snapshot: "9:9:", following: .inStep(snapshot: "5:5:")))
    #expect(try await point.point(isFresh: true).followed == "5:5:")
    world.say(ReadPoint(side: .directory, snapshot: "12:12:", following: .behind))
    #expect(try await point.point(isFresh: true).followed == "5:5:")
    world.say(ReadPoint(side: .directory, snapshot: "13:13:", following: .inStep(snapshot: "12:12:")))
    #expect(try await point.point(isFresh: true).followed == "12:12:")
  }
}
