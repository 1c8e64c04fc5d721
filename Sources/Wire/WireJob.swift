package import BundleModel

/// The answer to a wish for a bundle: AppHub's six fields, and ours. Source: contract section 1.
package struct WireJob: WireRecord {
  private let slug: Slug
  private let job: String
  private let outcome: String
  private let reason: String?
  private let status: BundleStatus?
  private let publicURL: String?

  /// - Parameters:
  ///   - job: nil when there is none; AppHub's job ids are slugs, so the slug stands for it.
  ///   - outcome: what became of the wish, such as `created` or `merged`.
  ///   - reason: why it was refused, or what to know although it was not.
  ///   - status: of the bundle, after that.
  ///   - publicURL: scheme, host and port under which pods are reached; nil gives relative download links.
  package init(
    _ slug: Slug, job: JobID?, outcome: String, reason: String?, status: BundleStatus?, publicURL: String? = nil
  ) {
    self.slug = slug
    self.job = job?.text ?? slug.text
    self.outcome = outcome
    self.reason = reason
    self.status = status
    self.publicURL = publicURL
  }

  /// Why nothing was done; nil when the wish was taken.
  package var refusal: String? { outcome == "refused" ? reason ?? outcome : nil }

  package var members: [(name: String, value: WireValue)] {
    [
      ("bundle", WireValue(status.flatMap { WireSummary($0, publicURL: publicURL) })),
      ("jobId", .text(job)),
      // AppHub may also package while the caller waits, `inline`; ours never does.
      ("mode", .text("queued")),
      ("outcome", .text(outcome)),
      ("reason", WireValue(reason)),
      ("result", WireValue(status.flatMap { WireResult($0, of: job) })),
      ("slug", .text(slug.text)),
      ("status", WireValue(status.map { WireStatus($0, publicURL: publicURL) })),
    ]
  }
}
