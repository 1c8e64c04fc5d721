/// Growing pauses between attempts, each shortened at random by up to a half, so that clients do not come in step.
struct Backoff: Sendable {
  let first: Duration
  let longest: Duration
  private var failures = 0
  private(set) var pending: (next: ContinuousClock.Instant, error: PostgresError)?

  init(first: Duration, longest: Duration) {
    self.first = first
    self.longest = longest
  }

  /// Notes a failure; returns how long to wait before the next attempt.
  @discardableResult
  mutating func failed(_ error: PostgresError) -> Duration {
    let longest = min(first * (1 << min(failures, 16)), longest)
    let pause = longest * Double.random(in: 0.5...1)
    failures += 1
    pending = (.now + pause, error)
    return pause
  }

  /// Notes a success.
  mutating func reset() {
    failures = 0
    pending = nil
  }
}
