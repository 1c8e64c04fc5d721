internal import Dispatch

/// Waits without blocking a thread; ends early, by throwing, when the task is cancelled.
package func pause(for span: Duration) async throws(CancellationError) {
  let (stream, continuation) = AsyncStream<Never>.makeStream()
  let nanoseconds = max(0, span.nanoseconds)
  DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { continuation.finish() }
  for await _ in stream {}
  if Task.isCancelled { throw CancellationError() }
}

/// Asks again and again until the condition holds. False when the deadline passed first.
package func poll(
  within limit: Duration, every interval: Duration = .milliseconds(10),
  _ condition: () async throws -> Bool
) async throws -> Bool {
  let clock = ContinuousClock()
  let deadline = clock.now + limit
  while true {
    if try await condition() { return true }
    if clock.now >= deadline { return false }
    try await pause(for: interval)
  }
}

extension Duration {
  /// The span in whole nanoseconds, as far as 64 bits reach (292 years).
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
