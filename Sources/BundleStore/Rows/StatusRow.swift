internal import BundleModel
internal import Postgres

/// Reads a status with the artifact that it points at.
enum StatusRow: StoredRow {
  static let columns =
    [
      "slug", "fingerprint", "stage", "state", "job_id", "version", "checksum", "filename", "cached", "error",
      "message", "created_at", "updated_at", "completed_at", "attempt", "pod", "bytes_done", "bytes_total",
      "stage_started_at",
    ] + ArtifactRow.columns

  /// Nil for a slug of the feed whose status was deleted.
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
