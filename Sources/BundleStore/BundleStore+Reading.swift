package import BundleModel
internal import FoundationEssentials
internal import Postgres

extension BundleStore {
  /// Every bundle, or those named, newest change first.
  package func statuses(of slugs: [Slug]? = nil) async throws(StoreError) -> [BundleStatus] {
    let named: Parameter = slugs.map { .textArray($0.map(\.text)) } ?? .null
    let rows = try await query(SQLText.statuses, [named])
    return try decoding {
      try rows.compactMap { row in
        var reader = row.reader()
        return try StatusRow.read(&reader)
      }
    }
  }

  /// After how many attempts the job of a status row gives up; nil when the row names no job of ours.
  package func maxAttempts(ofJob id: String) async throws(StoreError) -> Int? {
    let rows = try await query(SQLText.maxAttempts, [.text(id)])
    return try decoding { try rows.first?.decode("max_attempts", as: Int.self) }
  }

  /// The attempts of a bundle, newest first.
  ///
  /// - Parameters:
  ///   - number: only those of this number; a bundle has one for each of its jobs.
  ///   - tail: how many characters of the end of their output to read.
  package func attempts(of slug: Slug, number: Int? = nil, limit: Int = 50, tail: Int = 0) async throws(StoreError)
    -> [Attempt]
  {
    let rows = try await query(
      SQLText.attempts, [.text(slug.text), .integer(Int64(limit)), .integer(Int64(tail)), Parameter(number)])
    return try decoding { try rows.map(Self.attempt) }
  }

  /// The artifact that answers for one fingerprint, if one was ever published.
  package func artifact(of slug: Slug, fingerprint: Fingerprint) async throws(StoreError) -> Artifact? {
    try await artifact(SQLText.cachedArtifact, [.text(slug.text), .text(fingerprint.text)])
  }

  /// The artifact that a person means who names only the bundle: the published one, else the newest.
  package func latestArtifact(of slug: Slug) async throws(StoreError) -> Artifact? {
    try await artifact(SQLText.latestArtifact, [.text(slug.text)])
  }

  private func artifact(_ sql: String, _ parameters: [Parameter]) async throws(StoreError) -> Artifact? {
    let rows = try await query(sql, parameters)
    return try decoding {
      guard let row = rows.first else { return nil }
      var reader = row.reader()
      return try ArtifactRow.read(&reader)
    }
  }

  private static func attempt(_ row: Row) throws -> Attempt {
    var reader = row.reader()
    let job: String = try reader.next()
    let slugText: String = try reader.next()
    let number: Int = try reader.next()
    let pod: String = try reader.next()
    let startedAt: Timestamp = try reader.next()
    let endedAt: Timestamp? = try reader.next()
    let outcome: String? = try reader.next()
    let stages: String = try reader.next()
    let errorClass: String? = try reader.next()
    let error: String? = try reader.next()
    let cached: Bool? = try reader.next()
    let fingerprint: String? = try reader.next()
    let tail: String? = try reader.next()
    guard let slug = Slug(slugText) else { throw StoreError(.corrupt, "an attempt without a bundle's name") }
    return Attempt(
      job: JobID(job), slug: slug, number: number, pod: pod, startedAt: startedAt, endedAt: endedAt,
      outcome: outcome.flatMap(AttemptOutcome.init), stages: try stageTimings(stages),
      errorClass: errorClass.flatMap(ErrorClass.init), error: error, cached: cached,
      fingerprint: fingerprint.flatMap(Fingerprint.init), tail: tail)
  }

  private struct StoredTiming: Decodable {
    var stage: String
    var at: String
  }

  private static func stageTimings(_ json: String) throws -> [StageTiming] {
    guard let stored = try? JSONDecoder().decode([StoredTiming].self, from: Data(json.utf8)) else {
      throw StoreError(.corrupt, "the stage timings of an attempt cannot be read")
    }
    return stored.compactMap { entry in
      Timestamp(iso8601: entry.at).map { StageTiming(stage: Stage(stored: entry.stage), startedAt: $0) }
    }
  }
}
