package import BundleModel
internal import Postgres

/// The writes of an attempt whose bundle is kept in a file beside the database.
///
/// Each is one transaction that holds the job while the file is written: nobody can take the job over in between, so a
/// file never tells of an attempt that had lost its job.
extension BundleStore {
  /// Shows how far an attempt is. False: it has lost its job and must stop.
  ///
  /// - Parameter write: gets the row as it is now, and writes the file if it can.
  package func report(
    _ progress: Progress, for claim: Claim, write: @Sendable (BundleStatus) async -> Void
  ) async throws(StoreError) -> Bool {
    let parameters = try progressParameters(progress, for: claim)
    return try await mirroring { connection in
      guard try await !connection.query(SQLText.progress, parameters).isEmpty else { return false }
      if let status = try await Self.status(claim.slug, connection) { await write(status) }
      return true
    }
  }

  /// Ends a job whose artifact was stored beside the file. The status here goes: it only mirrored the job.
  ///
  /// - Parameter write: gets since when the database knows the bundle and the moment of the end; looks whether the
  ///   artifact is there, and writes the file.
  /// - Throws: `StoreError`, or what `write` throws; the job is still running then, unless the connection was lost
  ///   during the commit. Trying again is safe.
  package func completeInFiles(
    _ claim: Claim, fingerprint: Fingerprint, cached: Bool, tail: String?,
    write: @Sendable (_ knownSince: Timestamp, _ ended: Timestamp) async throws -> Void
  ) async throws -> AttemptEnd {
    let parameters = claim.fence + [.text(fingerprint.text), .boolean(cached), .block(tail)]
    return try await withFile { connection in
      guard let row = try await connection.query(SQLText.completeInFiles, parameters).first else { return .lost }
      try await write(try row.decode("known_since"), try row.decode("ended"))
      return .ended(.completed)
    }
  }

  /// Ends a failed attempt: see `fail`.
  package func fail(
    _ claim: Claim, errorClass: ErrorClass, error: String, tail: String?, random: Double,
    write: @Sendable (BundleStatus) async -> Void
  ) async throws(StoreError) -> AttemptEnd {
    let parameters = failure(claim, errorClass, error, tail, random)
    return try await mirroring { connection in
      let rows = try await connection.query(SQLText.fail, parameters)
      guard let state = try rows.first?.decode(at: 0, as: String?.self).flatMap(JobState.init) else { return .lost }
      if let status = try await Self.status(claim.slug, connection) { await write(status) }
      return .ended(state)
    }
  }

  /// Gives a job back unharmed: see `giveBack`.
  package func giveBack(
    _ claim: Claim, tail: String?, write: @Sendable (BundleStatus) async -> Void
  ) async throws(StoreError) -> AttemptEnd {
    let parameters = claim.fence + [.block(tail)]
    return try await mirroring { connection in
      let rows = try await connection.query(SQLText.returnJob, parameters)
      guard try rows.first?.decode(at: 0, as: Bool?.self) == true else { return .lost }
      if let status = try await Self.status(claim.slug, connection) { await write(status) }
      return .ended(.queued)
    }
  }

  /// Calls `write` with the status of a bundle while nobody else changes it, if there is one.
  package func holding(_ slug: Slug, write: @Sendable (BundleStatus) async -> Void) async throws(StoreError) {
    try await mirroring { connection in
      _ = try await connection.query(SQLText.lockStatus, [.text(slug.text)])
      if let status = try await Self.status(slug, connection) { await write(status) }
    }
  }

  private func withFile<T: Sendable>(_ body: @Sendable (isolated Connection) async throws -> T) async throws -> T {
    let lease = settings.lease
    // A longer one would be about a job that is somebody else's by then.
    let value = try await transaction(deadline: lease) { connection in
      _ = try await connection.query(SQLText.boundFileWrite, [.interval(lease)])
      return try await body(connection)
    }
    doorbell.ring()
    return value
  }

  /// The same where a file that cannot be written is no reason to give up: the job must go on.
  private func mirroring<T: Sendable>(
    _ body: @Sendable (isolated Connection) async throws -> T
  ) async throws(StoreError) -> T {
    do {
      return try await withFile(body)
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(.corrupt, "a row cannot be read")
    }
  }

  private static func status(_ slug: Slug, _ connection: isolated Connection) async throws -> BundleStatus? {
    try await connection.query(SQLText.statuses, [.textArray([slug.text])]).read(StatusRow.self).first
  }
}
