package import BundleModel
internal import Postgres

/// What the cache was worth to a pod.
package struct CacheCount: Equatable, Sendable {
  package var pod: String
  /// Completed attempts that found their artifact.
  package var hits: Int
  /// Completed attempts that built it.
  package var misses: Int
}

extension BundleStore {
  /// What the cache was worth to each pod that completed anything lately, by name.
  package func cacheCounts(since span: Duration = .seconds(86_400)) async throws(StoreError) -> [CacheCount] {
    let rows = try await query(SQLText.cacheCounts, [.interval(span)])
    return try decoding {
      try rows.map {
        CacheCount(pod: try $0.decode("pod"), hits: try $0.decode("hits"), misses: try $0.decode("misses"))
      }
    }
  }

  /// Every bundle, or those named, newest change first.
  package func statuses(of slugs: [Slug]? = nil) async throws(StoreError) -> [BundleStatus] {
    let named: Parameter = slugs.map { .textArray($0.map(\.text)) } ?? .null
    return try await read(StatusRow.self, SQLText.statuses, [named])
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
    try await read(
      AttemptRow.self, SQLText.attempts, [.text(slug.text), .integer(limit), .integer(tail), Parameter(number)])
  }

  /// The artifact that answers for one fingerprint, if one was ever published.
  package func artifact(of slug: Slug, fingerprint: Fingerprint) async throws(StoreError) -> Artifact? {
    try await read(ArtifactRow.self, SQLText.cachedArtifact, [.text(slug.text), .text(fingerprint.text)]).first
  }

  /// The artifact that a person means who names only the bundle: the published one, else the newest.
  package func latestArtifact(of slug: Slug) async throws(StoreError) -> Artifact? {
    try await read(ArtifactRow.self, SQLText.latestArtifact, [.text(slug.text)]).first
  }
}
