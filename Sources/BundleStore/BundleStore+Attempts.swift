package import BundleModel
internal import Postgres

/// What became of an attempt's last write.
package enum AttemptEnd: Equatable, Sendable {
  /// Written; the job is now in this state.
  case ended(JobState)
  /// The attempt had lost its job: nothing was written.
  case lost
}

extension BundleStore {
  /// Takes up to `limit` jobs out of `catalogue`, expired leases first.
  package func claim(_ worker: Worker, catalogue: [Slug], limit: Int) async throws(StoreError) -> [Claim] {
    guard limit > 0, !catalogue.isEmpty else { return [] }
    let rows = try await query(
      SQLText.claim,
      [
        .text(worker.owner.text), .text(worker.pod), .interval(settings.lease), .textArray(catalogue.map(\.text)),
        .integer(limit), .integer(settings.attemptCap),
      ])
    if !rows.isEmpty { doorbell.ring() }
    return try decoding {
      try rows.map { row in
        var reader = row.reader()
        return try ClaimRow.read(&reader, owner: worker.owner)
      }
    }
  }

  /// Extends the leases of these claims; those missing in the answer are lost and must stop.
  package func renew(_ claims: [Claim]) async throws(StoreError) -> Set<Claim> {
    guard let owner = claims.first?.owner else { return [] }
    let rows = try await query(
      SQLText.renew,
      [
        .text(owner.text), .textArray(claims.map(\.job.text)), .textArray(claims.map { String($0.attempt) }),
        .interval(settings.lease),
      ], deadline: settings.renewEvery)
    return try still(claims, in: rows)
  }

  /// Those of the claims whose job and attempt are among the rows.
  private func still(_ claims: [Claim], in rows: Rows) throws(StoreError) -> Set<Claim> {
    let held = Set(try decoding { try rows.read(HeldRow.self) })
    return Set(claims.filter { held.contains(HeldRow.Held(job: $0.job, attempt: $0.attempt)) })
  }

  /// Which of these claims are still the worker's: what is missing was cancelled or taken over, and must stop.
  package func held(_ claims: [Claim]) async throws(StoreError) -> Set<Claim> {
    guard let owner = claims.first?.owner else { return [] }
    let rows = try await query(SQLText.held, [.text(owner.text)], deadline: settings.renewEvery)
    return try still(claims, in: rows)
  }

  /// Shows how far an attempt is. False: it has lost its job and must stop.
  ///
  /// - Throws: `.invalid` for a stage that is not one of a running bundle.
  package func report(_ progress: Progress, for claim: Claim) async throws(StoreError) -> Bool {
    let rows = try await write(SQLText.progress, try progressParameters(progress, for: claim))
    return !rows.isEmpty
  }

  func progressParameters(_ progress: Progress, for claim: Claim) throws(StoreError) -> [Parameter] {
    guard progress.stage.state == .running else {
      throw StoreError(
        .invalid, "progress of \(claim.slug) cannot say \(progress.stage.rawValue): only its end can")
    }
    return claim.fence + [
      .text(progress.stage.rawValue), .block(progress.message),
      Parameter(progress.bytesDone), Parameter(progress.bytesTotal), Parameter(progress.fingerprint?.text),
    ]
  }

  /// Publishes what an attempt made and ends its job, in one transaction.
  ///
  /// - Parameter confirm: called while nobody else may publish or delete the object: looks whether it is (still)
  ///   there, and throws when it is not.
  /// - Throws: `StoreError`, or what `confirm` throws; nothing was published then, unless the connection was lost
  ///   during the commit. Trying again is safe.
  package func complete(
    _ claim: Claim, _ made: Publication, tail: String? = nil, confirm: @Sendable () async throws -> Void
  ) async throws -> AttemptEnd {
    let parameters = publication(claim, made, tail)
    // A longer one would be about a job that is somebody else's by then.
    let rows = try await transaction(deadline: settings.lease) { [lease = settings.lease] connection in
      _ = try await connection.query(SQLText.lockPublication, [.text(made.storageKey), .interval(lease)])
      try await confirm()
      return try await connection.query(SQLText.complete, parameters)
    }
    doorbell.ring()
    return try single(rows, as: Bool.self) == true ? .ended(.completed) : .lost
  }

  /// The same for an object that nobody could have deleted meanwhile.
  package func complete(_ claim: Claim, _ made: Publication, tail: String? = nil) async throws(StoreError)
    -> AttemptEnd
  {
    let rows = try await write(SQLText.complete, publication(claim, made, tail))
    return try single(rows, as: Bool.self) == true ? .ended(.completed) : .lost
  }

  private func publication(_ claim: Claim, _ made: Publication, _ tail: String?) -> [Parameter] {
    claim.fence + [
      .text(made.fingerprint.text), .text(made.version), .text(made.checksum.hex), .text(made.filename),
      .text(made.storageKind.rawValue), .text(made.storageKey), .text(made.storageURL), .text(made.contentType),
      .integer(made.size), .boolean(made.cached), .block(made.message),
      .block(tail),
    ]
  }

  /// Ends a failed attempt; a transient class waits for another attempt while some are left.
  ///
  /// - Parameter random: a number from 0 to 1, for the jitter of the wait.
  package func fail(
    _ claim: Claim, errorClass: ErrorClass, error: String, tail: String? = nil,
    random: Double = Double.random(in: 0...1)
  ) async throws(StoreError) -> AttemptEnd {
    let rows = try await write(SQLText.fail, failure(claim, errorClass, error, tail, random))
    return try single(rows, as: String.self).flatMap(JobState.init).map(AttemptEnd.ended) ?? .lost
  }

  func failure(_ claim: Claim, _ errorClass: ErrorClass, _ error: String, _ tail: String?, _ random: Double)
    -> [Parameter]
  {
    let wait: Parameter =
      errorClass.isTransient ? .interval(settings.backoff(after: claim.attempt, random: random)) : .null
    let text = UntrustedText.block(error)
    return claim.fence + [
      .text(errorClass.rawValue), .text(text.isEmpty ? "example bundle packaging failed" : text), .block(tail),
      wait,
    ]
  }

  /// Gives a job back unharmed; the attempt does not count.
  package func giveBack(_ claim: Claim, tail: String? = nil) async throws(StoreError) -> AttemptEnd {
    let rows = try await write(SQLText.returnJob, claim.fence + [.block(tail)])
    return try single(rows, as: Bool.self) == true ? .ended(.queued) : .lost
  }

  /// Ends jobs that were lost with their pods too often. Any pod may do this.
  package func failPoisonJobs() async throws(StoreError) -> Int {
    let rows = try await query(
      SQLText.failPoison, [.integer(settings.attemptCap), .interval(settings.lease)])
    let ended = try single(rows, as: Int.self) ?? 0
    if ended > 0 { doorbell.ring() }
    return ended
  }

  private func single<T: PostgresDecodable>(_ rows: Rows, as type: T.Type) throws(StoreError) -> T? {
    try decoding { try rows.first?.decode(at: 0, as: T?.self) ?? nil }
  }
}
