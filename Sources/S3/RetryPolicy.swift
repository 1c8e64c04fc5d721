/// Whether and when to try again, as a pure function: it knows kinds of failure and spans of time, nothing else.
package struct RetryPolicy: Sendable, Equatable {
  /// Tries in all, the first included.
  package var maxAttempts: Int
  /// The shortest pause.
  package var base: Duration
  /// The longest pause.
  package var cap: Duration
  /// No try begins later than this after the first one began.
  package var budget: Duration

  package init(
    maxAttempts: Int = 4, base: Duration = .milliseconds(100), cap: Duration = .seconds(5),
    budget: Duration = .seconds(30)
  ) {
    self.maxAttempts = maxAttempts
    self.base = base
    self.cap = cap
    self.budget = budget
  }

  /// One try and no more.
  package static let never = RetryPolicy(maxAttempts: 1)

  /// What to do after a failure.
  package enum Decision: Equatable, Sendable {
    case giveUp
    case retry(after: Duration)
  }

  /// What retry knows of a failed try.
  package struct Failure: Sendable {
    /// 1 for the first try.
    package var attempt: Int
    package var kind: S3Error.Kind
    /// What the server asked for in Retry-After.
    package var retryAfter: Duration?
    /// Since the first try began.
    package var elapsed: Duration
    /// The pause before this try; zero before the first.
    package var lastDelay: Duration

    package init(
      attempt: Int, kind: S3Error.Kind, retryAfter: Duration? = nil, elapsed: Duration = .zero,
      lastDelay: Duration = .zero
    ) {
      self.attempt = attempt
      self.kind = kind
      self.retryAfter = retryAfter
      self.elapsed = elapsed
      self.lastDelay = lastDelay
    }
  }

  /// Decorrelated jitter: a pause between `base` and three times the last one, at most `cap`; never less than the
  /// server asked for, and never past `budget`.
  ///
  /// - Parameter random: in 0..<1.
  /// - Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
  package func decide(_ failure: Failure, random: Double) -> Decision {
    guard failure.kind.isTransient, failure.attempt < maxAttempts else { return .giveUp }
    let upper = max(base, max(failure.lastDelay, base) * 3)
    let jittered = min(cap, base + (upper - base) * random)
    let delay = max(jittered, failure.retryAfter ?? .zero)
    return failure.elapsed + delay <= budget ? .retry(after: delay) : .giveUp
  }
}

/// How long each phase of one try may take.
package struct CallLimits: Sendable, Equatable {
  /// Name look-up, TCP and TLS together.
  package var connect: Duration
  /// From the last byte sent to the first byte of the answer.
  package var response: Duration
  /// Without any byte moving.
  package var stall: Duration
  /// One whole try without its body.
  package var total: Duration
  package var retry: RetryPolicy

  package init(
    connect: Duration = .seconds(5), response: Duration = .seconds(30), stall: Duration = .seconds(20),
    total: Duration = .seconds(60), retry: RetryPolicy = RetryPolicy()
  ) {
    self.connect = connect
    self.response = response
    self.stall = stall
    self.total = total
    self.retry = retry
  }

  /// For questions that a person waits for: one try, five seconds.
  package static let probe = CallLimits(
    connect: .seconds(3), response: .seconds(4), stall: .seconds(4), total: .seconds(5), retry: .never)

  /// The deadline of one try that carries `bytes` of body: no slower than 64 KiB a second on the whole.
  func total(bytes: Int64) -> Duration { total + .seconds(bytes / 65_536) }
}
