/// The times and counts of the lease protocol. Tests use short ones.
package struct StoreSettings: Equatable, Sendable {
  /// How long an attempt owns its job after a claim or a renewal.
  package var lease: Duration
  /// How often leases are renewed.
  package var renewEvery: Duration
  /// How long after *sending* its last successful renewal a pod stops its work.
  package var stopAfter: Duration
  /// How often a pod says that it is alive.
  package var beatEvery: Duration
  /// How long a pod may be silent before it is gone.
  package var goneAfter: Duration
  /// How often a pod looks for work, and a dashboard for changes, when no doorbell rings.
  package var pollEvery: Duration
  /// Attempts of a job before it fails for good.
  package var maxAttempts: Int
  /// Attempts after which a job that kills its pods is given up.
  package var attemptCap: Int
  /// The shortest and the longest wait before an automatic retry.
  package var backoff: ClosedRange<Duration>

  package init(
    lease: Duration = .seconds(15), renewEvery: Duration = .seconds(3), stopAfter: Duration = .seconds(10),
    beatEvery: Duration = .seconds(2), goneAfter: Duration = .seconds(6), pollEvery: Duration = .seconds(1),
    maxAttempts: Int = 3, attemptCap: Int = 10, backoff: ClosedRange<Duration> = .seconds(2) ... .seconds(60)
  ) {
    self.lease = lease
    self.renewEvery = renewEvery
    self.stopAfter = stopAfter
    self.beatEvery = beatEvery
    self.goneAfter = goneAfter
    self.pollEvery = pollEvery
    self.maxAttempts = maxAttempts
    self.attemptCap = attemptCap
    self.backoff = backoff
  }

  /// The wait before attempt `attempt + 1`: doubling, with full jitter above half.
  ///
  /// - Parameter random: a number from 0 to 1.
  package func backoff(after attempt: Int, random: Double) -> Duration {
    let doubled = backoff.lowerBound * Double(1 << min(max(attempt - 1, 0), 20))
    let bounded = min(doubled, backoff.upperBound)
    return max(backoff.lowerBound, bounded * (0.5 + 0.5 * random))
  }

  /// One line that names what contradicts itself, or nil.
  package var complaint: String? {
    if renewEvery >= stopAfter { return "the renewal interval must be shorter than the time until work stops" }
    if stopAfter >= lease { return "work must stop before the lease ends" }
    if beatEvery >= goneAfter { return "the beat must be shorter than the time after which a pod is gone" }
    return maxAttempts < 1 ? "at least one attempt is needed" : nil
  }
}
