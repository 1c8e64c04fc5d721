package import BundleModel
internal import Postgres

/// Who is asking for work.
package struct Worker: Equatable, Sendable {
  package var owner: OwnerID
  /// The pod's name, for people.
  package var pod: String

  package init(owner: OwnerID, pod: String) {
    self.owner = owner
    self.pod = UntrustedText.line(pod, limit: 200)
  }
}

/// How far an attempt is.
package struct Progress: Equatable, Sendable {
  package var stage: Stage
  package var message: String?
  package var bytesDone: Int64?
  package var bytesTotal: Int64?
  /// Set once resolving has ended; nil leaves what the row holds.
  package var fingerprint: Fingerprint?

  package init(
    stage: Stage, message: String? = nil, bytesDone: Int64? = nil, bytesTotal: Int64? = nil,
    fingerprint: Fingerprint? = nil
  ) {
    self.stage = stage
    self.message = message
    self.bytesDone = bytesDone
    self.bytesTotal = bytesTotal
    self.fingerprint = fingerprint
  }
}

/// What a completed attempt publishes.
package struct Publication: Equatable, Sendable {
  package var fingerprint: Fingerprint
  package var version: String
  package var checksum: Checksum
  package var filename: String
  package var storageKind: StorageKind
  package var storageKey: String
  package var storageURL: String
  package var contentType: String
  /// Bytes.
  package var size: Int64
  /// True when the artifact was found and nothing was built or uploaded.
  package var cached: Bool
  package var message: String?

  package init(
    fingerprint: Fingerprint, version: String, checksum: Checksum, filename: String, storageKind: StorageKind,
    storageKey: String, storageURL: String, contentType: String, size: Int64, cached: Bool, message: String? = nil
  ) {
    self.fingerprint = fingerprint
    self.version = version
    self.checksum = checksum
    self.filename = filename
    self.storageKind = storageKind
    self.storageKey = storageKey
    self.storageURL = storageURL
    self.contentType = contentType
    self.size = size
    self.cached = cached
    self.message = message
  }
}

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
        .integer(Int64(limit)), .integer(Int64(settings.attemptCap)),
      ])
    if !rows.isEmpty { doorbell.ring() }
    return try decoding {
      try rows.map { row in
        var reader = row.reader()
        let job: String = try reader.next()
        let slugText: String = try reader.next()
        let attempt: Int = try reader.next()
        let maxAttempts: Int = try reader.next()
        let options: String = try reader.next()
        guard let slug = Slug(slugText) else { throw StoreError(.corrupt, "job \(job) names no bundle") }
        return Claim(
          job: JobID(job), slug: slug, attempt: attempt, owner: worker.owner, maxAttempts: maxAttempts,
          options: try JobOptionsCode.decode(options))
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
    let kept = try decoding {
      try rows.map { row in
        var reader = row.reader()
        let job: String = try reader.next()
        let attempt: Int = try reader.next()
        return "\(job) \(attempt)"
      }
    }
    let known = Set(kept)
    return Set(claims.filter { known.contains("\($0.job) \($0.attempt)") })
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
    guard progress.stage.state == .running else {
      throw StoreError(
        .invalid, "progress of \(claim.slug) cannot say \(progress.stage.rawValue): only its end can")
    }
    let rows = try await write(
      SQLText.progress,
      fence(claim) + [
        .text(progress.stage.rawValue), Parameter(progress.message.map { UntrustedText.block($0) }),
        Parameter(progress.bytesDone), Parameter(progress.bytesTotal), Parameter(progress.fingerprint?.text),
      ])
    return !rows.isEmpty
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
    let rows: Rows
    do {
      // A longer one would be about a job that is somebody else's by then.
      rows = try await pool.transaction(deadline: settings.lease) { [lease = settings.lease] connection in
        _ = try await connection.query(SQLText.lockPublication, [.text(made.storageKey), .interval(lease)])
        try await confirm()
        return try await connection.query(SQLText.complete, parameters)
      }
    } catch let error as PostgresError {
      throw StoreError(error)
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
    fence(claim) + [
      .text(made.fingerprint.text), .text(made.version), .text(made.checksum.hex), .text(made.filename),
      .text(made.storageKind.rawValue), .text(made.storageKey), .text(made.storageURL), .text(made.contentType),
      .integer(made.size), .boolean(made.cached), Parameter(made.message.map { UntrustedText.block($0) }),
      Parameter(tail.map { UntrustedText.block($0) }),
    ]
  }

  /// Ends a failed attempt; a transient class waits for another attempt while some are left.
  ///
  /// - Parameter random: a number from 0 to 1, for the jitter of the wait.
  package func fail(
    _ claim: Claim, errorClass: ErrorClass, error: String, tail: String? = nil,
    random: Double = Double.random(in: 0...1)
  ) async throws(StoreError) -> AttemptEnd {
    let wait: Parameter =
      errorClass.isTransient ? .interval(settings.backoff(after: claim.attempt, random: random)) : .null
    let text = UntrustedText.block(error)
    let rows = try await write(
      SQLText.fail,
      fence(claim) + [
        .text(errorClass.rawValue), .text(text.isEmpty ? "example bundle packaging failed" : text),
        Parameter(tail.map { UntrustedText.block($0) }), wait,
      ])
    return try single(rows, as: String.self).flatMap(JobState.init).map(AttemptEnd.ended) ?? .lost
  }

  /// Gives a job back unharmed; the attempt does not count.
  package func giveBack(_ claim: Claim, tail: String? = nil) async throws(StoreError) -> AttemptEnd {
    let rows = try await write(SQLText.returnJob, fence(claim) + [Parameter(tail.map { UntrustedText.block($0) })])
    return try single(rows, as: Bool.self) == true ? .ended(.queued) : .lost
  }

  /// Ends jobs that were lost with their pods too often. Any pod may do this.
  package func failPoisonJobs() async throws(StoreError) -> Int {
    let rows = try await query(
      SQLText.failPoison, [.integer(Int64(settings.attemptCap)), .interval(settings.lease)])
    let ended = try single(rows, as: Int.self) ?? 0
    if ended > 0 { doorbell.ring() }
    return ended
  }

  private func fence(_ claim: Claim) -> [Parameter] {
    [.text(claim.job.text), .integer(Int64(claim.attempt)), .text(claim.owner.text)]
  }

  private func single<T: PostgresDecodable>(_ rows: Rows, as type: T.Type) throws(StoreError) -> T? {
    try decoding {
      guard let row = rows.first else { return nil }
      var reader = row.reader()
      return try reader.next() as T?
    }
  }
}
