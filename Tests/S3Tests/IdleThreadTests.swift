import Glibc
import ProcessControl
import Synchronization
import Testing

/// Blocking work gets a thread at once, and where one has just ended its work, that one.
@Suite struct IdleThreadTests {
  private final class Meeting: Sendable {
    let arrived = Atomic(0)
  }

  /// Each waits for all others: were there ever fewer threads than work, none would end.
  @Test(.timeLimit(.minutes(1))) func allRunAtOnce() async {
    for round in 0..<3 {
      let count = 60
      let meeting = Meeting()
      let sum = await withTaskGroup(of: Int.self) { group in
        for index in 0..<count {
          group.addTask {
            await DetachedThread.value {
              meeting.arrived.add(1, ordering: .relaxed)
              while meeting.arrived.load(ordering: .relaxed) < count { sched_yield() }
              return index
            }
          }
        }
        return await group.reduce(0, +)
      }
      #expect(sum == count * (count - 1) / 2, "round \(round)")
    }
  }

  @Test func threadsAreUsedAgain() async {
    var seen: Set<[CChar]> = []
    // One after the other; the thread of a call may sit down only after the next one has begun.
    for _ in 0..<1000 {
      // The kernel's number: it does not give the same one to a new thread, as libc does with its own.
      let thread = await DetachedThread.value { () -> [CChar] in
        var name = [CChar](repeating: 0, count: 64)
        return readlink("/proc/thread-self", &name, name.count) > 0 ? name : []
      }
      guard seen.insert(thread).inserted else { return }
    }
    Issue.record("a thousand calls took as many threads")
  }

  @Test func errorsComeBack() async {
    struct Refusal: Error {}
    for _ in 0..<10 {
      await #expect(throws: Refusal.self) {
        try await DetachedThread.value { () throws(Refusal) in throw Refusal() }
      }
    }
  }
}
