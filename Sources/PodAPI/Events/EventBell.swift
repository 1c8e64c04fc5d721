/// Says "look now" to the one who waits for it; rings that nobody has heard yet are one.
struct EventBell: Sendable {
  let rings: AsyncStream<Void>
  private let ringer: AsyncStream<Void>.Continuation

  init() { (rings, ringer) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  /// Wakes the waiter, at once or as soon as it waits again.
  func ring() { ringer.yield() }
}
