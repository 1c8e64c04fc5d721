package import BundleModel
package import BundleStore
package import LegacyStore
internal import ProcessControl

/// Status in the files of a pod's own directory, exactly as AppHub kept it. The database has the jobs, and mirrors those
/// that are queued, running or failed for people to see.
///
/// A file is written while its job is held in the database, so writers of one slug come one after the other, and none
/// that has lost its job writes at all.
package struct FileStatusStore: StatusStore {
  private let store: BundleStore
  private let directory: LegacyDirectory
  private let reading: DirectoryReading
  private let trouble: @Sendable (LegacyError) -> Void

  /// - Parameter trouble: called when a file could not be written; but for a completion the job goes on all the same.
  package init(
    _ store: BundleStore, directory: LegacyDirectory, trouble: @escaping @Sendable (LegacyError) -> Void = { _ in }
  ) {
    self.store = store
    self.directory = directory
    reading = DirectoryReading(directory)
    self.trouble = trouble
  }

  package func statuses(of slugs: [Slug]?) async throws(StoreError) -> [BundleStatus] {
    try await FileTrouble.asStoreError { try await reading.statuses(of: slugs) }
  }

  /// The archive of a completed status, where a store of archives has it.
  package func artifact(of slug: Slug, fingerprint: Fingerprint) async throws(StoreError) -> Artifact? {
    try await FileTrouble.asStoreError { [directory] in
      try await DetachedThread.value { () throws(LegacyError) -> Artifact? in
        guard case .entry(let entry)? = try directory.entry(slug: slug), entry.status.state == .completed,
          entry.status.fingerprint == fingerprint, case .found(let archive) = directory.archive(of: entry.status)
        else { return nil }
        let artifact = Artifact(entry.status, archive: archive)
        return archive.path == "artifacts/\(artifact.storageKey)" ? artifact : nil
      }
    }
  }

  package func report(_ progress: Progress, for claim: Claim) async throws(StoreError) -> Bool {
    try await store.report(progress, for: claim) { await mirror($0) }
  }

  /// The archive, then the file, then the end of the job: whoever reads `completed` finds the archive.
  package func complete(
    _ claim: Claim, _ made: Publication, tail: String?, confirm: @Sendable () async throws -> Void
  ) async throws -> AttemptEnd {
    try await store.completeInFiles(claim, fingerprint: made.fingerprint, cached: made.cached, tail: tail) {
      knownSince, ended in
      try await confirm()
      try await write(
        LegacyStatus(
          slug: claim.slug, fingerprint: made.fingerprint, stage: .completed, createdAt: knownSince,
          updatedAt: ended, jobID: claim.job.text, version: made.version, checksum: made.checksum.hex,
          filename: made.filename, cached: made.cached, message: made.message))
    }
  }

  package func fail(_ claim: Claim, errorClass: ErrorClass, error: String, tail: String?, random: Double)
    async throws(StoreError) -> AttemptEnd
  {
    try await store.fail(claim, errorClass: errorClass, error: error, tail: tail, random: random) {
      await mirror($0)
    }
  }

  package func giveBack(_ claim: Claim, tail: String?) async throws(StoreError) -> AttemptEnd {
    try await store.giveBack(claim, tail: tail) { await mirror($0) }
  }

  /// What somebody cancelled is shown as failed; what another pod took over is that one's to tell.
  package func lost(_ claim: Claim) async throws(StoreError) {
    try await store.holding(claim.slug) { status in
      guard status.state == .failed, status.jobID == claim.job.text else { return }
      await mirror(status)
    }
  }

  /// Writes what a row says, if that is possible.
  private func mirror(_ row: BundleStatus) async {
    do throws(LegacyError) { try await write(LegacyStatus(row)) } catch { trouble(error) }
  }

  /// Writes a status over the one before it, of which it keeps since when the bundle is known; while its inputs are not
  /// resolved, it also keeps those of the last time.
  private func write(_ status: LegacyStatus) async throws(LegacyError) {
    let directory = directory
    try await DetachedThread.value { () throws(LegacyError) in
      var status = status
      if case .entry(let before)? = try directory.entry(slug: status.slug) {
        status.createdAt = min(status.createdAt, before.status.createdAt)
        if status.fingerprint == .pending { status.fingerprint = before.status.fingerprint }
      }
      try directory.write(status)
    }
  }
}
