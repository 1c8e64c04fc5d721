package import BundleModel
package import BundleStore

/// Where attempts write how far they are, and where a pod reads what it serves: the one door for every persistence
/// mode. Jobs, leases and the fence are in the database whatever the mode.
package protocol StatusStore: Sendable {
  /// Every bundle, or those named, newest change first.
  func statuses(of slugs: [Slug]?) async throws(StoreError) -> [BundleStatus]

  /// The artifact that answers for one fingerprint, if there is one.
  func artifact(of slug: Slug, fingerprint: Fingerprint) async throws(StoreError) -> Artifact?

  /// Shows how far an attempt is. False: it has lost its job and must stop.
  func report(_ progress: Progress, for claim: Claim) async throws(StoreError) -> Bool

  /// Publishes what an attempt made and ends its job.
  ///
  /// - Parameter confirm: see `BundleStore.complete`.
  func complete(
    _ claim: Claim, _ made: Publication, tail: String?, confirm: @Sendable () async throws -> Void
  ) async throws -> AttemptEnd

  /// Ends a failed attempt.
  ///
  /// - Parameter random: see `BundleStore.fail`.
  func fail(_ claim: Claim, errorClass: ErrorClass, error: String, tail: String?, random: Double)
    async throws(StoreError) -> AttemptEnd

  /// Gives a job back unharmed.
  func giveBack(_ claim: Claim, tail: String?) async throws(StoreError) -> AttemptEnd

  /// Called when an attempt has lost its job: nothing beside the database may go on saying that it runs.
  func lost(_ claim: Claim) async throws(StoreError)
}

extension BundleStore: StatusStore {
  /// What took the job over has written.
  package func lost(_ claim: Claim) {}
}
