/// The right to work on a job: what every write of an attempt is fenced by.
package struct Claim: Hashable, Sendable {
  package var job: JobID
  package var slug: Slug
  package var attempt: Int
  package var owner: OwnerID
  package var maxAttempts: Int
  package var options: JobOptions

  package init(job: JobID, slug: Slug, attempt: Int, owner: OwnerID, maxAttempts: Int, options: JobOptions) {
    self.job = job
    self.slug = slug
    self.attempt = attempt
    self.owner = owner
    self.maxAttempts = maxAttempts
    self.options = options
  }
}
