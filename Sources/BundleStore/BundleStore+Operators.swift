package import BundleModel
internal import Postgres

/// What became of a retry.
package struct RetryAnswer: Equatable, Sendable {
  /// The words of `bundletop_retry`.
  enum Outcome: String {
    case retried
    /// Nothing was done, for it was only asked what would be.
    case wouldRetry = "would retry"
    /// This idempotency key was used before; nothing was done again.
    case repeated
    /// Nothing was done.
    case refused
  }
  package var job: JobID?
  /// The attempt that now waits.
  package var attempt: Int?
  /// Why nothing was done; nil when the retry was accepted.
  package var refusal: String?
}

/// What became of a cancel.
package struct CancelAnswer: Equatable, Sendable {
  package enum Outcome: String, Sendable {
    case cancelled
    /// That run had committed its end first.
    case completed
    /// This idempotency key was used before; nothing was done again.
    case repeated
    /// Nothing was done.
    case refused
  }
  package var job: JobID?
  package var outcome: Outcome
  /// Why it was refused, or what else to know.
  package var reason: String?
}

/// What became of a pause or a resume.
package struct PauseAnswer: Equatable, Sendable {
  package enum Outcome: String, Sendable {
    case paused, resumed
    /// It was so already.
    case unchanged
    case refused
  }
  package var outcome: Outcome
  /// Why it was refused, or what else to know.
  package var reason: String?
}

extension BundleStore {
  /// Tries a failed bundle again, if it still is what the person saw. Recorded in the audit, also when refused.
  ///
  /// - Parameters:
  ///   - seen: what they saw; nil when they saw nothing of this name.
  ///   - force: build even if the cache has the answer.
  ///   - key: a second call with the same key does nothing.
  ///   - dryRun: only say what would become of it.
  package func retry(
    _ slug: Slug, seen: SeenState?, force: Bool = false, by who: String, why: String? = nil, key: String? = nil,
    dryRun: Bool = false
  ) async throws(StoreError) -> RetryAnswer {
    let rows = try await query(
      SQLText.retry,
      [
        .text(slug.text), Parameter(seen?.state.rawValue), Parameter(seen?.fingerprint.text),
        Parameter(seen?.jobID), Parameter(seen?.attempt), .boolean(force),
        .who(who), .line(why), .integer(settings.maxAttempts), Parameter(key), .boolean(dryRun),
      ])
    if !dryRun { doorbell.ring() }
    return try decoding {
      let answer = try FunctionAnswer<RetryAnswer.Outcome>(rows, to: "a retry")
      return RetryAnswer(
        job: try answer.job, attempt: try answer.attempt,
        refusal: answer.outcome == .refused ? try answer.reason ?? "refused" : nil)
    }
  }

  /// Ends the queued or running job of a bundle. The pod that works on it learns of it within a second and stops.
  ///
  /// - Parameters:
  ///   - seen: the job that the person saw, so that the run behind it is not hit by mistake; nil is not compared.
  ///   - key: a second call with the same key does nothing.
  package func cancel(_ slug: Slug, seen: JobID? = nil, by who: String, why: String? = nil, key: String? = nil)
    async throws(StoreError) -> CancelAnswer
  {
    let rows = try await write(
      SQLText.cancel, [.text(slug.text), Parameter(seen?.text), .who(who), .line(why), Parameter(key)])
    return try decoding {
      let answer = try FunctionAnswer<CancelAnswer.Outcome>(rows, to: "a cancel")
      return CancelAnswer(job: try answer.job, outcome: answer.outcome, reason: try answer.reason)
    }
  }

  /// Stops the claiming of jobs, or lets it go on; what runs is not touched.
  ///
  /// - Parameter pod: nil means all pods.
  package func setPaused(_ isPaused: Bool, pod: String? = nil, by who: String, why: String? = nil)
    async throws(StoreError) -> PauseAnswer
  {
    let rows = try await write(SQLText.pause, [Parameter(pod), .boolean(isPaused), .who(who), .line(why)])
    return try decoding {
      let answer = try FunctionAnswer<PauseAnswer.Outcome>(rows, to: "a pause")
      return PauseAnswer(outcome: answer.outcome, reason: try answer.reason)
    }
  }

  /// What is paused, by whom.
  package func pauses() async throws(StoreError) -> [Pause] { try await read(PauseRow.self, SQLText.pauses) }
}
