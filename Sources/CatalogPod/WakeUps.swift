/// Says "look now" to the one who waits for it; rings that nobody has heard yet are one.
struct WakeUps: Sendable {
  let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  /// Wakes the waiter, at once or as soon as it waits again.
  func ring() { continuation.yield() }

  /// Ends the waiting for good; a ring not heard yet still is.
  func finish() { continuation.finish() }
}
