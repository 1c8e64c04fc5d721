package import BundleModel
internal import FoundationEssentials
internal import Postgres

/// What became of a retry.
package struct RetryAnswer: Equatable, Sendable {
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
        .text(UntrustedText.line(who, limit: 200)), Parameter(why.map { UntrustedText.line($0) }),
        .integer(Int64(settings.maxAttempts)), Parameter(key), .boolean(dryRun),
      ])
    if !dryRun { doorbell.ring() }
    return try decoding {
      guard let row = rows.first else { throw StoreError(.corrupt, "the database did not answer a retry") }
      var reader = row.reader()
      let job: String? = try reader.next()
      let attempt: Int? = try reader.next()
      let outcome: String = try reader.next()
      let reason: String? = try reader.next()
      return RetryAnswer(
        job: job.map(JobID.init), attempt: attempt, refusal: outcome == "refused" ? reason ?? "refused" : nil)
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
      SQLText.cancel,
      [
        .text(slug.text), Parameter(seen?.text), .text(UntrustedText.line(who, limit: 200)),
        Parameter(why.map { UntrustedText.line($0) }), Parameter(key),
      ])
    return try decoding {
      guard let row = rows.first else { throw StoreError(.corrupt, "the database did not answer a cancel") }
      var reader = row.reader()
      let job: String? = try reader.next()
      _ = try reader.next() as Int?
      let outcome: String = try reader.next()
      guard let known = CancelAnswer.Outcome(rawValue: outcome) else {
        throw StoreError(.corrupt, "the database answered a cancel with \(UntrustedText.line(outcome))")
      }
      return CancelAnswer(job: job.map(JobID.init), outcome: known, reason: try reader.next())
    }
  }

  /// Stops the claiming of jobs, or lets it go on; what runs is not touched.
  ///
  /// - Parameter pod: nil means all pods.
  package func setPaused(_ isPaused: Bool, pod: String? = nil, by who: String, why: String? = nil)
    async throws(StoreError) -> PauseAnswer
  {
    let rows = try await write(
      SQLText.pause,
      [
        Parameter(pod), .boolean(isPaused), .text(UntrustedText.line(who, limit: 200)),
        Parameter(why.map { UntrustedText.line($0) }),
      ])
    return try decoding {
      guard let row = rows.first else { throw StoreError(.corrupt, "the database did not answer a pause") }
      var reader = row.reader()
      let outcome: String = try reader.next()
      guard let known = PauseAnswer.Outcome(rawValue: outcome) else {
        throw StoreError(.corrupt, "the database answered a pause with \(UntrustedText.line(outcome))")
      }
      return PauseAnswer(outcome: known, reason: try reader.next())
    }
  }

  /// What is paused, by whom.
  package func pauses() async throws(StoreError) -> [Pause] {
    let rows = try await query(SQLText.pauses)
    return try decoding { try rows.map(Self.pause) }
  }

  static func pause(_ row: Row) throws -> Pause {
    var reader = row.reader()
    let pod: String? = try reader.next()
    let who: String = try reader.next()
    let since: Timestamp = try reader.next()
    let why: String = try reader.next()
    return Pause(pod: pod, by: who, since: since, why: why.nonBlank)
  }

  /// Records what a person did. Never pass a URL or a secret.
  package func audit(
    _ what: String, slug: Slug?, by who: String, why: String? = nil, result: String, detail: [String: String] = [:]
  ) async throws(StoreError) {
    guard let encoded = try? JSONEncoder().encode(detail) else {
      throw StoreError(.invalid, "the audit of \(what) cannot be written as JSON")
    }
    _ = try await query(
      SQLText.audit,
      [
        .text(what), .text(UntrustedText.line(who, limit: 200)), Parameter(slug?.text),
        Parameter(why.map { UntrustedText.line($0) }), .text(UntrustedText.line(result)),
        .text(String(decoding: encoded, as: UTF8.self)), .null,
      ])
  }
}
