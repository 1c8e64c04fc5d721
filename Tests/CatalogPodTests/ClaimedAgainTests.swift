import BundleModel
import Synchronization
import Testing

@testable import CatalogPod

/// A failover can lose a claim, and the job comes out again: the same attempt to the same owner.
@Suite("A job claimed again by the pod that works on it")
struct ClaimedAgainTests {
  private static func claim(_ job: String = "j", attempt: Int = 1, force: Bool = false) -> Claim {
    Claim(
      job: JobID(job), slug: Slug("a")!, attempt: attempt, owner: OwnerID("o"), maxAttempts: 3,
      options: JobOptions(force: force))
  }

  @Test(
    "what is held of the job is named and gone",
    arguments: [claim(), claim(force: true), claim(attempt: 2)])
  func replaced(again: Claim) {
    let now = ContinuousClock.now
    var leases = LeaseTable(stopAfter: .seconds(10))
    #expect(leases.add(Self.claim(), sent: now).isEmpty)
    #expect(leases.add(Self.claim("other"), sent: now).isEmpty)
    #expect(leases.add(again, sent: now.advanced(by: .seconds(1))) == [Self.claim()])
    #expect(Set(leases.claims) == [again, Self.claim("other")])
    #expect(leases.overdue(at: now.advanced(by: .seconds(10))) == [Self.claim("other")])
  }

  @Test("the earlier work stops before the later one begins", arguments: [claim(), claim(force: true)])
  func oneAtATime(again: Claim) async {
    let events = Mutex<[String]>([])
    let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
    var attempts = AttemptTable()
    attempts.start(Self.claim()) { number in
      events.withLock { $0.append("\(number) begins") }
      hasBegun.finish()
      // Only a cancellation ends this.
      for await _ in AsyncStream<Void>.makeStream().stream {}
      events.withLock { $0.append("\(number) stops") }
    }
    for await _ in begun {}
    attempts.start(again) { number in
      events.withLock { $0.append("\(number) begins \(Task.isCancelled)") }
    }
    #expect(attempts.count == 2)
    for task in attempts.tasks { await task.value }
    #expect(events.withLock { $0 } == ["1 begins", "1 stops", "2 begins false"])
    // The end of the earlier one does not give up what the later one holds, if it is the same.
    #expect(attempts.end(1) == (again == Self.claim() ? nil : Self.claim()))
    #expect(attempts.end(2) == again)
    #expect(attempts.count == 0)
  }

  @Test("who loses the job is the earlier work alone", arguments: [claim(), claim(force: true)])
  func loss(again: Claim) async {
    let (earlier, later) = (LossFlag(), LossFlag())
    var attempts = AttemptTable()
    attempts.start(Self.claim(), earlier) { _ in }
    attempts.lose(Self.claim())
    attempts.start(again, later) { _ in }
    for task in attempts.tasks { await task.value }
    #expect(earlier.isLost)
    #expect(!later.isLost)
  }

  @Test("work on other jobs goes on")
  func others() async {
    let (stopped, hasStopped) = AsyncStream.makeStream(of: Bool.self)
    let (gate, opens) = AsyncStream.makeStream(of: Void.self)
    var attempts = AttemptTable()
    attempts.start(Self.claim("other")) { _ in
      for await _ in gate {}
      hasStopped.yield(Task.isCancelled)
      hasStopped.finish()
    }
    attempts.start(Self.claim()) { _ in }
    attempts.start(Self.claim()) { _ in }
    opens.finish()
    for await isCancelled in stopped { #expect(!isCancelled) }
    for task in attempts.tasks { await task.value }
  }
}
