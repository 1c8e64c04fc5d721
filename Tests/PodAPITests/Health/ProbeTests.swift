import Synchronization
import TestSupport
import Testing

@testable import PodAPI

@Suite("A probe", .timeLimit(.minutes(2)))
struct ProbeTests {
  /// A clock that stands until it is moved.
  private final class Clock: Sendable {
    private let moment = Mutex(ContinuousClock.now)
    var now: @Sendable () -> ContinuousClock.Instant { { self.moment.withLock { $0 } } }
    func move(_ span: Duration) { moment.withLock { $0 += span } }
  }

  @Test("asks again only when its answer is no longer fresh, also of a failure")
  func freshness() async throws {
    let clock = Clock()
    let asked = Mutex(0)
    let probe = Probe(deadline: .seconds(60), freshness: .seconds(5), now: clock.now) {
      let count = asked.withLock { count in
        count += 1
        return count
      }
      if count == 1 { throw TestSupportError("not yet") }
      return count
    }
    for _ in 0..<3 {
      guard case .failure? = await probe.look().answer else {
        Issue.record("no failure")
        return
      }
      clock.move(.milliseconds(4999) / 3)
    }
    clock.move(.milliseconds(10))
    #expect(try await probe.look().answer?.get() == 2)
    #expect(try await probe.look().answer?.get() == 2)
    #expect(asked.withLock { $0 } == 2)
  }

  @Test("asks once for all who want to know at the same time")
  func joined() async throws {
    let asked = Mutex(0)
    let (gate, opened) = AsyncStream.makeStream(of: Void.self)
    let probe = Probe(deadline: .seconds(60), freshness: .seconds(60)) {
      asked.withLock { $0 += 1 }
      for await _ in gate { break }
      return 7
    }
    let waiting = (0..<20).map { _ in Task { try await probe.look().answer?.get() } }
    try await eventually(within: .seconds(60), "it was asked") { asked.withLock { $0 } == 1 }
    opened.yield()
    for task in waiting { #expect(try await task.value == 7) }
    #expect(asked.withLock { $0 } == 1)
  }

  @Test("waits no longer than its deadline, and never asks beside a question that hangs", arguments: [true, false])
  func hanging(keepsLateAnswers: Bool) async throws {
    let clock = Clock()
    let asked = Mutex(0)
    let (gate, opened) = AsyncStream.makeStream(of: Void.self)
    let probe = Probe(
      deadline: .milliseconds(20), freshness: .seconds(1), keepsLateAnswers: keepsLateAnswers, now: clock.now
    ) {
      asked.withLock { $0 += 1 }
      for await _ in gate { break }
      return 7
    }
    for _ in 0..<3 {
      #expect(await probe.look().answer == nil)
      clock.move(.seconds(2))
    }
    // On a busy machine the deadline may pass before the question is put.
    try await eventually("it was asked") { asked.withLock { $0 } == 1 }
    opened.finish()
    // Late by its own clock: good for who wants it all the same.
    if keepsLateAnswers {
      try await eventually(within: .seconds(60), "the answer came") {
        try await probe.look().answer?.get() == 7
      }
      #expect(asked.withLock { $0 } == 1)
    } else {
      try await eventually(within: .seconds(60), "it is asked again") {
        clock.move(.seconds(2))
        return try await probe.look().answer?.get() == 7
      }
      // Again, and each time that the answer did not come within 20 ms.
      #expect(asked.withLock { $0 } >= 2)
    }
  }
}
