internal import BundleModel
internal import Postgres

/// Reads an artifact.
enum ArtifactRow: StoredRow {
  static let columns = [
    "id", "slug", "fingerprint", "version", "checksum", "filename", "storage_kind", "storage_key", "storage_url",
    "content_type", "size", "job_id", "uploaded_at", "created_at", "verified_at", "verification",
  ]

  /// Nil for a status without an artifact.
  static func read(_ reader: inout RowReader) throws -> Artifact? {
    guard let id = try reader.next() as String? else { return nil }
    let slugText: String = try reader.next()
    let fingerprintText: String = try reader.next()
    let version: String? = try reader.next()
    let checksum: String = try reader.next()
    let filename: String? = try reader.next()
    let kindText: String = try reader.next()
    let storageKey: String = try reader.next()
    let storageURL: String? = try reader.next()
    let contentType: String? = try reader.next()
    let size: Int64? = try reader.next()
    let jobID: String? = try reader.next()
    let uploadedAt: Timestamp = try reader.next()
    let createdAt: Timestamp = try reader.next()
    let verifiedAt: Timestamp? = try reader.next()
    let verificationText: String? = try reader.next()
    guard let slug = Slug(slugText), let fingerprint = Fingerprint(fingerprintText),
      let kind = StorageKind(rawValue: kindText)
    else { throw StoreError(.corrupt, "artifact \(UntrustedText.line(id, limit: 80)) cannot be read") }
    return Artifact(
      id: id, slug: slug, fingerprint: fingerprint, version: version, checksum: checksum, filename: filename,
      storageKind: kind, storageKey: storageKey, storageURL: storageURL, contentType: contentType, size: size,
      jobID: jobID, uploadedAt: uploadedAt, createdAt: createdAt, verifiedAt: verifiedAt,
      verification: verificationText.flatMap(Verification.init))
  }
}
