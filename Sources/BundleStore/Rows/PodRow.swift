internal import BundleModel
internal import Postgres

/// Reads a pod process.
enum PodRow: StoredRow {
  static let columns = [
    "owner", "name", "url", "metrics_url", "public_url", "version", "persistence", "store", "legacy_dir", "source",
    "unmigrated", "following", "started_at", "last_seen", "concurrency", "running", "catalogue", "notes", "digest",
    "digest_snapshot", "digest_at", "gone", "stopped",
  ]

  static func read(_ reader: inout RowReader) throws -> Pod? {
    let owner: String = try reader.next()
    let name: String = try reader.next()
    let url: String? = try reader.next()
    let metricsURL: String? = try reader.next()
    let publicURL: String? = try reader.next()
    let version: String = try reader.next()
    let persistence: String = try reader.next()
    let store: String = try reader.next()
    let folder: String? = try reader.next()
    let source: String? = try reader.next()
    let unmigrated: Int? = try reader.next()
    let following: String? = try reader.next()
    let startedAt: Timestamp = try reader.next()
    let lastSeen: Timestamp = try reader.next()
    let concurrency: Int = try reader.next()
    let running: Int = try reader.next()
    let catalogue: Int = try reader.next()
    let notes: [String] = try reader.next()
    let checksum: String? = try reader.next()
    let snapshot: String? = try reader.next()
    let digestAt: Timestamp? = try reader.next()
    let isGone: Bool = try reader.next()
    let isStopped: Bool = try reader.next()
    return Pod(
      owner: OwnerID(owner), name: name, url: url, metricsURL: metricsURL, publicURL: publicURL, version: version,
      persistence: persistence, store: store,
      directory: folder.map {
        PodDirectory(path: $0, source: source, unmigrated: unmigrated, following: following)
      }, startedAt: startedAt, lastSeen: lastSeen, concurrency: concurrency,
      running: running, catalogue: catalogue, notes: notes, digest: digest(checksum, snapshot, digestAt),
      presence: isStopped ? .stopped : isGone ? .gone : .live)
  }

  private static func digest(_ checksum: String?, _ snapshot: String?, _ at: Timestamp?) -> ServedDigest? {
    guard let checksum = checksum.flatMap({ Checksum(hex: $0) }), let snapshot, let at else { return nil }
    return ServedDigest(checksum: checksum, snapshot: snapshot, at: at)
  }
}
