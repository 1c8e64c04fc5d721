internal import BundleModel
internal import Postgres

/// Reads the columns that `statuses.sql` and `changed_statuses.sql` share, in their order.
enum StatusRow {
  /// Nil when the row is absent (a slug of the feed whose status was deleted).
  static func read(_ reader: inout RowReader) throws -> BundleStatus? {
    guard let slugText = try reader.next() as String? else { return nil }
    let fingerprintText: String = try reader.next()
    let stage = Stage(stored: try reader.next())
    let stateText: String = try reader.next()
    guard let slug = Slug(slugText), let state = BundleState(rawValue: stateText) else {
      throw StoreError(.corrupt, "the status of bundle \(UntrustedText.line(slugText, limit: 80)) cannot be read")
    }
    // One expression would take the compiler minutes; the order of these lines is the order of the columns.
    let jobID: String? = try reader.next()
    let version: String? = try reader.next()
    let checksum: String? = try reader.next()
    let filename: String? = try reader.next()
    let cached: Bool? = try reader.next()
    let error: String? = try reader.next()
    let message: String? = try reader.next()
    let createdAt: Timestamp = try reader.next()
    let updatedAt: Timestamp = try reader.next()
    let completedAt: Timestamp? = try reader.next()
    let attempt: Int? = try reader.next()
    let pod: String? = try reader.next()
    let bytesDone: Int64? = try reader.next()
    let bytesTotal: Int64? = try reader.next()
    let stageStartedAt: Timestamp? = try reader.next()
    let artifact = try ArtifactRow.read(&reader)
    return BundleStatus(
      slug: slug, fingerprint: Fingerprint(fingerprintText) ?? .pending, stage: stage, state: state, jobID: jobID,
      version: version, checksum: checksum, filename: filename, cached: cached, error: error, message: message,
      createdAt: createdAt, updatedAt: updatedAt, completedAt: completedAt, artifact: artifact, attempt: attempt,
      pod: pod, bytesDone: bytesDone, bytesTotal: bytesTotal, stageStartedAt: stageStartedAt)
  }
}

/// Reads the columns of an artifact, in the order in which every statement names them.
enum ArtifactRow {
  /// Nil when the row is absent (a status without an artifact).
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
