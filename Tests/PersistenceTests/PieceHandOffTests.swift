import ProcessControl
import Testing

@testable import Persistence

@Suite("Pieces from a task to a thread")
struct PieceHandOffTests {
  private struct Refusal: Error, Equatable {}

  @Test("Every piece arrives, in order, and only when it is asked for", arguments: [0, 1, 2, 500])
  func order(count: Int) async throws {
    let pieces = PieceHandOff()
    async let taken: [[UInt8]] = DetachedThread.value { () throws(any Error) in
      defer { pieces.finish() }
      var taken: [[UInt8]] = []
      while let piece = try pieces.next() { taken.append(piece) }
      return taken
    }
    var given = 0
    while await pieces.isWanted() {
      pieces.give(.success(given < count ? [UInt8(given % 256)] : nil))
      given += 1
    }
    #expect(given == count + 1)
    #expect(try await taken == (0..<count).map { [UInt8($0 % 256)] })
  }

  @Test("A thread that wants nothing costs nothing")
  func unwanted() async throws {
    let pieces = PieceHandOff()
    async let done: Void = DetachedThread.value { pieces.finish() }
    var asked = 0
    while await pieces.isWanted() { asked += 1 }
    await done
    #expect(asked == 0)
  }

  @Test("A thread that gives up half-way releases the task")
  func givenUp() async throws {
    let pieces = PieceHandOff()
    async let done: Int? = DetachedThread.value { () throws(any Error) in
      defer { pieces.finish() }
      return try pieces.next()?.count
    }
    var given = 0
    while await pieces.isWanted() {
      pieces.give(.success([1, 2, 3]))
      given += 1
    }
    #expect(try await done == 3)
    #expect(given == 1)
  }

  @Test("What the task could not do is thrown on the thread")
  func refusal() async throws {
    let pieces = PieceHandOff()
    async let failed: Bool = DetachedThread.value {
      defer { pieces.finish() }
      do {
        _ = try pieces.next()
        return false
      } catch {
        return error is Refusal
      }
    }
    while await pieces.isWanted() { pieces.give(.failure(Refusal())) }
    #expect(await failed)
  }
}
