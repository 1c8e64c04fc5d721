import Postgres

/// Writes as AppHub does.
struct AppHubWriter {
  let connection: Connection

  /// Progress or an end of a bundle; AppHub's job id is the slug.
  func status(
    _ slug: String, fingerprint: String, stage: String, state: String, version: String? = nil,
    checksum: String? = nil, filename: String? = nil, artifact: String? = nil, message: String? = nil
  ) async throws {
    try await connection.query(
      AppHubTables.upsertStatus,
      [
        .text(slug), .text(fingerprint), .text(stage), .text(state), .text(slug), Parameter(version),
        Parameter(checksum), Parameter(filename), .boolean(false), .null, Parameter(message), Parameter(artifact),
        .null,
      ])
  }

  /// A published archive; answers its id.
  func artifact(_ slug: String, fingerprint: String, checksum: String) async throws -> String {
    let rows = try await connection.query(
      AppHubTables.upsertArtifact,
      [
        .text("apphub-\(slug)-\(fingerprint)"), .text(slug), .text(fingerprint), "1.2", .text(checksum),
        .text("\(slug)-1.2.tgz"), "s3", .text("\(slug)/\(fingerprint)/\(slug)-1.2.tgz"),
        .text("s3://b/\(slug)/\(fingerprint)/\(slug)-1.2.tgz"), "application/gzip", 42, .text(slug),
      ])
    return try rows.first?.decode(at: 0) ?? ""
  }

  /// What AppHub writes when a bundle is done.
  func complete(_ slug: String, fingerprint: String, checksum: String) async throws {
    let id = try await artifact(slug, fingerprint: fingerprint, checksum: checksum)
    try await status(
      slug, fingerprint: fingerprint, stage: "completed", state: "completed", version: "1.2", checksum: checksum,
      filename: "\(slug)-1.2.tgz", artifact: id)
  }
}
