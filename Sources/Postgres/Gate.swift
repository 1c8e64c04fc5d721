/// Lets one task after the other through, in the order of their arrival. Lives inside one connection.
final class Gate {
  private let loop: EventLoop
  private(set) var isTaken = false
  private var queue: [UInt64] = []
  private var head = 0

  init(loop: EventLoop) { self.loop = loop }

  /// Waits for the turn. After `.ready` the caller must `leave`; after anything else it must not.
  func enter(
    isolation: isolated (any Actor)? = #isolation, until deadline: ContinuousClock.Instant,
    cancellable: Bool = true
  ) async -> WaitOutcome {
    assert(loop.isCurrent, "a gate is used outside of its connection")
    if !isTaken {
      isTaken = true
      return .ready
    }
    return await loop.park(until: deadline, cancellable: cancellable) { id in
      assert(loop.isCurrent, "a gate is used outside of its connection")
      queue.append(id)
    }
  }

  /// Hands the turn to the next in the queue who still waits.
  func leave() {
    assert(loop.isCurrent, "a gate is used outside of its connection")
    while head < queue.count {
      let next = queue[head]
      head += 1
      if head == queue.count {
        queue.removeAll(keepingCapacity: true)
        head = 0
      } else if head > 256, head * 2 > queue.count {
        queue.removeFirst(head)
        head = 0
      }
      if loop.wake(next) { return }
    }
    isTaken = false
  }
}
