package import BundleModel
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

extension BundleStore {
  /// Asks for a bundle. A queued job takes the options over, a running one is followed by another.
  ///
  /// A descriptor is taken from roles that may write the tables, which is to say from pods.
  ///
  /// - Parameters:
  ///   - who: the name that the person or program claims; recorded with the job.
  ///   - key: a second call with the same key does nothing.
  ///   - priority: a smaller one goes first.
  ///   - delay: how long the job waits before a pod may take it; merging with another wish takes the sooner one.
  package func enqueue(
    _ slug: Slug, options: JobOptions = JobOptions(), by who: String, key: String? = nil, priority: Int = 0,
    after delay: Duration? = nil
  ) async throws(StoreError) -> EnqueueAnswer {
    let who = UntrustedText.line(who, limit: 200)
    let rows = try await write(
      options.descriptor == nil ? SQLText.enqueue : SQLText.enqueueAny,
      [
        .text(slug.text), .text(try JobOptionsCode.encode(options)), .text(who), Parameter(key),
        .integer(settings.maxAttempts), .text("asked for by \(who)"), .integer(priority),
        .interval(max(delay ?? .zero, .zero)),
      ])
    return try decoding {
      let answer = try FunctionAnswer<EnqueueAnswer.Outcome>(rows, to: "an enqueue")
      return EnqueueAnswer(job: try answer.job, outcome: answer.outcome, reason: try answer.reason)
    }
  }
}
