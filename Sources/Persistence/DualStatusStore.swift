package import BundleModel
package import BundleStore

/// Status in the database first, with the fence, and in every pod's directory behind it: the directories follow the
/// feed (`DirectoryFollower`), also this pod's, so that all of them come to say the same.
package struct DualStatusStore: StatusStore {
  private let store: BundleStore
  private let reads: PodReads

  /// - Parameter reads: knows which side is read at the moment.
  package init(_ store: BundleStore, reads: PodReads) {
    self.store = store
    self.reads = reads
  }

  package func statuses(of slugs: [Slug]?) async throws(StoreError) -> [BundleStatus] {
    try await FileTrouble.asStoreError {
      try await reads.read(
        directory: { try await $0.statuses(of: slugs) }, database: { try await store.statuses(of: slugs) })
    }
  }

  /// What is in the object store: an attempt must not reuse what only this pod has.
  package func artifact(of slug: Slug, fingerprint: Fingerprint) async throws(StoreError) -> Artifact? {
    try await store.artifact(of: slug, fingerprint: fingerprint)
  }

  package func report(_ progress: Progress, for claim: Claim) async throws(StoreError) -> Bool {
    try await store.report(progress, for: claim)
  }

  package func complete(
    _ claim: Claim, _ made: Publication, tail: String?, confirm: @Sendable () async throws -> Void
  ) async throws -> AttemptEnd {
    try await store.complete(claim, made, tail: tail, confirm: confirm)
  }

  package func fail(_ claim: Claim, errorClass: ErrorClass, error: String, tail: String?, random: Double)
    async throws(StoreError) -> AttemptEnd
  {
    try await store.fail(claim, errorClass: errorClass, error: error, tail: tail, random: random)
  }

  package func giveBack(_ claim: Claim, tail: String?) async throws(StoreError) -> AttemptEnd {
    try await store.giveBack(claim, tail: tail)
  }

  package func lost(_ claim: Claim) {}
}
