/// What happens to a bundle.
package enum LifeEvent: Equatable, Sendable {
  /// The test in every write of an attempt.
  package struct Fence: Hashable, Sendable {
    package var job: Int
    package var attempt: Int
    package var owner: OwnerID

    package init(job: Int, attempt: Int, owner: OwnerID) {
      self.job = job
      self.attempt = attempt
      self.owner = owner
    }
  }

  /// What an attempt publishes.
  package struct Made: Equatable, Sendable {
    package var fingerprint: Fingerprint
    package var checksum: Checksum
    package var storageKey: String
    package var cached: Bool

    package init(fingerprint: Fingerprint, checksum: Checksum, storageKey: String, cached: Bool) {
      self.fingerprint = fingerprint
      self.checksum = checksum
      self.storageKey = storageKey
      self.cached = cached
    }
  }

  case enqueue(BundleLife.Wish)
  /// A waiting time passed.
  case becomesDue
  /// A pod takes what it can get; `cap` bounds takeovers.
  case claim(OwnerID, cap: Int)
  /// A lease ran out.
  case leaseExpires
  case renew(Fence)
  case progress(Fence, Stage, Fingerprint?)
  case complete(Fence, Made)
  case fail(Fence, ErrorClass)
  case giveBack(Fence)
  /// A person retries what they saw; nil is not compared.
  case retry(seen: BundleLife.Status?, force: Bool, maxAttempts: Int)
  case cancel(seenJob: Int?)
  /// Whoever tidies ends what was lost too often.
  case endPoison(cap: Int)
}
