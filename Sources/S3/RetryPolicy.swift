/// Whether and when to try again, as a pure function: it knows kinds of failure and spans of time, nothing else.
package struct RetryPolicy: Sendable, Equatable {
  /// Tries in all, the first included. A download that moves on starts counting anew.
  package var maxAttempts: Int
  /// The shortest pause.
  package var base: Duration
  /// The longest pause.
  package var cap: Duration
  /// No try begins later than this after the first one began.
  package var budget: Duration
  /// A download that had begun is taken up again for this long without a new byte, as a server may be restarting.
  package var resumeBudget: Duration
  /// How often one download is taken up again, however much each time brings.
  package var maxResumptions: Int

  package init(
    maxAttempts: Int = 4, base: Duration = .milliseconds(100), cap: Duration = .seconds(5),
    budget: Duration = .seconds(30), resumeBudget: Duration = .seconds(60), maxResumptions: Int = 1000
  ) {
    self.maxAttempts = maxAttempts
    self.base = base
    self.cap = cap
    self.budget = budget
    self.resumeBudget = resumeBudget
    self.maxResumptions = maxResumptions
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
    /// 1 for the first try, and for the first one that failed after new bytes had come.
    package var attempt: Int
    package var kind: S3Error.Kind
    /// What the server asked for in Retry-After.
    package var retryAfter: Duration?
    /// Since the first try began, or since the last new bytes came.
    package var elapsed: Duration
    /// The pause before this try; zero before the first.
    package var lastDelay: Duration
    /// How often a download was taken up; nil when there is nothing to go on with.
    package var resumptions: Int?

    package init(
      attempt: Int, kind: S3Error.Kind, retryAfter: Duration? = nil, elapsed: Duration = .zero,
      lastDelay: Duration = .zero, resumptions: Int? = nil
    ) {
      self.attempt = attempt
      self.kind = kind
      self.retryAfter = retryAfter
      self.elapsed = elapsed
      self.lastDelay = lastDelay
      self.resumptions = resumptions
    }
  }

  /// Decorrelated jitter: a pause between `base` and three times the last one, at most `cap`; never less than the
  /// server asked for, and never past `budget`.
  ///
  /// A download that had begun is bounded by time and by the number of resumptions rather than by attempts, and a
  /// host that was known and trusted a moment ago is waited for even while its name or certificate is not found.
  ///
  /// - Parameter random: in 0..<1.
  /// - Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
  package func decide(_ failure: Failure, random: Double) -> Decision {
    var time = budget
    if let resumptions = failure.resumptions, maxAttempts > 1 {
      guard failure.kind.isTransient || failure.kind == .unreachable, resumptions < maxResumptions else {
        return .giveUp
      }
      time = max(budget, resumeBudget)
    } else {
      guard failure.kind.isTransient, failure.attempt < maxAttempts else { return .giveUp }
    }
    let upper = max(base, max(failure.lastDelay, base) * 3)
    let jittered = min(cap, base + (upper - base) * random)
    let delay = max(jittered, failure.retryAfter ?? .zero)
    return failure.elapsed + delay <= time ? .retry(after: delay) : .giveUp
  }
}
