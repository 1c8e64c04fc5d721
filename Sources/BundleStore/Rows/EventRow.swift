internal import BundleModel
internal import Postgres

/// Reads an event with the artifact of its own fingerprint.
enum EventRow: StoredRow {
  static let columns =
    [
      "xid", "seq", "op", "at", "slug", "fingerprint", "stage", "state", "job_id", "attempt", "pod", "message",
      "error", "cached", "bytes_done", "bytes_total", "created_at", "updated_at", "completed_at",
    ] + ArtifactRow.columns

  /// Nil where nothing happened.
  static func read(_ reader: inout RowReader) throws -> BundleEvent? {
    guard let position = try PositionRow.read(&reader) else { return nil }
    let op: String = try reader.next()
    let at: Timestamp = try reader.next()
    let slugText: String? = try reader.next()
    guard op != "resync" else { return BundleEvent(position: position, kind: .resync, at: at) }
    guard let slugText, let slug = Slug(slugText) else {
      throw StoreError(.corrupt, "event \(position.text) names no bundle")
    }
    guard op != "delete" else { return BundleEvent(position: position, kind: .removed(slug), at: at) }
    return BundleEvent(position: position, kind: .progress(try status(of: slug, at: at, &reader)), at: at)
  }

  private static func status(of slug: Slug, at: Timestamp, _ reader: inout RowReader) throws -> BundleStatus {
    let fingerprint: String? = try reader.next()
    let stage: String? = try reader.next()
    let state: String? = try reader.next()
    let jobID: String? = try reader.next()
    let attempt: Int? = try reader.next()
    let pod: String? = try reader.next()
    let message: String? = try reader.next()
    let error: String? = try reader.next()
    let cached: Bool? = try reader.next()
    let bytesDone: Int64? = try reader.next()
    let bytesTotal: Int64? = try reader.next()
    let createdAt: Timestamp? = try reader.next()
    let updatedAt: Timestamp? = try reader.next()
    let completedAt: Timestamp? = try reader.next()
    let artifact = try ArtifactRow.read(&reader)
    return BundleStatus(
      slug: slug, fingerprint: fingerprint.flatMap(Fingerprint.init) ?? .pending, stage: Stage(stored: stage ?? ""),
      state: state.flatMap(BundleState.init), jobID: jobID, version: artifact?.version,
      checksum: artifact?.checksum, filename: artifact?.filename, cached: cached, error: error, message: message,
      createdAt: createdAt ?? at, updatedAt: updatedAt ?? at, completedAt: completedAt, artifact: artifact,
      attempt: attempt, pod: pod, bytesDone: bytesDone, bytesTotal: bytesTotal)
  }
}

/// Reads where an event stands.
enum PositionRow: StoredRow {
  static let columns = ["xid", "seq"]

  /// Nil where there is no event.
  static func read(_ reader: inout RowReader) throws -> EventPosition? {
    guard let transaction = try reader.next() as String? else { return nil }
    let number: Int64 = try reader.next()
    guard let transaction = UInt64(transaction) else {
      throw StoreError(.corrupt, "an event without a transaction")
    }
    return EventPosition(transaction: transaction, number: number)
  }
}
