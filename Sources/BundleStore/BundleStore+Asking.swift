package import BundleModel
internal import FoundationEssentials
internal import Postgres

/// What became of a wish for a bundle.
package struct EnqueueAnswer: Equatable, Sendable {
  package enum Outcome: String, Sendable {
    /// A new job waits.
    case created
    /// A queued job took the options over.
    case merged
    /// A job is running; the next one follows it.
    case waiting
    /// This idempotency key was used before; nothing was done again.
    case repeated
    /// Nothing was done.
    case refused
  }
  package var job: JobID?
  package var outcome: Outcome
  /// Why it was refused.
  package var reason: String?
}

/// What became of a retry.
package struct RetryAnswer: Equatable, Sendable {
  package var job: JobID?
  /// The attempt that now waits.
  package var attempt: Int?
  /// Why nothing was done; nil when the retry was accepted.
  package var refusal: String?
}

extension BundleStore {
  /// Asks for a bundle. A queued job takes the options over, a running one is followed by another.
  ///
  /// A descriptor is taken from roles that may write the tables, which is to say from pods.
  ///
  /// - Parameters:
  ///   - who: the name that the person or program claims; recorded with the job.
  ///   - key: a second call with the same key does nothing.
  package func enqueue(_ slug: Slug, options: JobOptions = JobOptions(), by who: String, key: String? = nil)
    async throws(StoreError) -> EnqueueAnswer
  {
    let who = UntrustedText.line(who, limit: 200)
    let rows = try await write(
      options.descriptor == nil ? SQLText.enqueue : SQLText.enqueueAny,
      [
        .text(slug.text), .text(JobOptionsCode.encode(options)), .text(who), Parameter(key),
        .integer(Int64(settings.maxAttempts)), .text("asked for by \(who)"),
      ])
    return try decoding {
      guard let row = rows.first else { throw StoreError(.corrupt, "the database did not answer an enqueue") }
      var reader = row.reader()
      let job: String? = try reader.next()
      let outcome: String = try reader.next()
      let reason: String? = try reader.next()
      guard let known = EnqueueAnswer.Outcome(rawValue: outcome) else {
        throw StoreError(.corrupt, "the database answered an enqueue with \(UntrustedText.line(outcome))")
      }
      return EnqueueAnswer(job: job.map(JobID.init), outcome: known, reason: reason)
    }
  }

  /// Tries a failed bundle again, if it still is what the person saw. Recorded in the audit, also when refused.
  ///
  /// - Parameters:
  ///   - seen: what they saw; nil when they saw nothing of this name.
  ///   - force: build even if the cache has the answer.
  package func retry(_ slug: Slug, seen: SeenState?, force: Bool = false, by who: String, why: String? = nil)
    async throws(StoreError) -> RetryAnswer
  {
    let rows = try await write(
      SQLText.retry,
      [
        .text(slug.text), Parameter(seen?.state.rawValue), Parameter(seen?.fingerprint.text),
        Parameter(seen?.jobID), Parameter(seen?.attempt), .boolean(force),
        .text(UntrustedText.line(who, limit: 200)), Parameter(why.map { UntrustedText.line($0) }),
      ])
    return try decoding {
      guard let row = rows.first else { throw StoreError(.corrupt, "the database did not answer a retry") }
      var reader = row.reader()
      let job: String? = try reader.next()
      let attempt: Int? = try reader.next()
      let outcome: String = try reader.next()
      let reason: String? = try reader.next()
      return RetryAnswer(
        job: job.map(JobID.init), attempt: attempt, refusal: outcome == "retried" ? nil : reason ?? "refused")
    }
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
