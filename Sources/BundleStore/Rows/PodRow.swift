internal import BundleModel
internal import Postgres

/// Reads a pod process.
enum PodRow: StoredRow {
  static let columns = [
    "owner", "name", "url", "version", "persistence", "store", "started_at", "last_seen", "concurrency", "running",
    "catalogue", "notes", "gone", "stopped",
  ]

  static func read(_ reader: inout RowReader) throws -> Pod? {
    let owner: String = try reader.next()
    let name: String = try reader.next()
    let url: String? = try reader.next()
    let version: String = try reader.next()
    let persistence: String = try reader.next()
    let store: String = try reader.next()
    let startedAt: Timestamp = try reader.next()
    let lastSeen: Timestamp = try reader.next()
    let concurrency: Int = try reader.next()
    let running: Int = try reader.next()
    let catalogue: Int = try reader.next()
    let notes: [String] = try reader.next()
    let isGone: Bool = try reader.next()
    let isStopped: Bool = try reader.next()
    return Pod(
      owner: OwnerID(owner), name: name, url: url, version: version, persistence: persistence, store: store,
      startedAt: startedAt, lastSeen: lastSeen, concurrency: concurrency, running: running, catalogue: catalogue,
      notes: notes, presence: isStopped ? .stopped : isGone ? .gone : .live)
  }
}
