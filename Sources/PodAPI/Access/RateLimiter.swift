internal import Synchronization

/// How often one caller may do something.
package struct Rate: Equatable, Sendable {
  /// In the long run.
  package var perMinute: Int
  /// At once, after a pause.
  package var burst: Int

  package init(perMinute: Int, burst: Int) {
    self.perMinute = perMinute
    self.burst = burst
  }
}

/// A bucket that fills at a steady rate and from which each request takes one.
struct TokenBucket: Sendable {
  private var level: Double
  private var filledAt: ContinuousClock.Instant

  init(full rate: Rate, at now: ContinuousClock.Instant) {
    level = Double(rate.burst)
    filledAt = now
  }

  /// Takes one; else says how long to wait for it.
  mutating func take(_ rate: Rate, at now: ContinuousClock.Instant) -> Duration? {
    fill(rate, at: now)
    guard level < 1 else {
      level -= 1
      return nil
    }
    return .seconds((1 - level) * 60 / Double(rate.perMinute))
  }

  /// Whether it is as good as a new one.
  func isFull(_ rate: Rate, at now: ContinuousClock.Instant) -> Bool {
    var later = self
    later.fill(rate, at: now)
    return later.level >= Double(rate.burst)
  }

  private mutating func fill(_ rate: Rate, at now: ContinuousClock.Instant) {
    let elapsed = now - filledAt
    guard elapsed > .zero else { return }
    level = min(Double(rate.burst), level + elapsed / .seconds(60) * Double(rate.perMinute))
    filledAt = now
  }
}

/// The buckets of all callers, by operation; no more than 1,024 callers are told apart.
final class RateLimiter: Sendable {
  private struct Key: Hashable {
    var operation: String
    var caller: String
  }

  private static let most = 1024
  private let buckets = Mutex<[Key: TokenBucket]>([:])

  /// Takes one for a caller; else says how long it has to wait.
  func take(operation: String, caller: String, _ rate: Rate, at now: ContinuousClock.Instant) -> Duration? {
    buckets.withLock { buckets in
      var key = Key(operation: operation, caller: caller)
      if buckets[key] == nil, buckets.count >= RateLimiter.most {
        buckets = buckets.filter { !$0.value.isFull(rate, at: now) }
        // Whoever comes on top of so many shares one bucket.
        if buckets.count >= RateLimiter.most { key.caller = "" }
      }
      return buckets[key, default: TokenBucket(full: rate, at: now)].take(rate, at: now)
    }
  }
}
