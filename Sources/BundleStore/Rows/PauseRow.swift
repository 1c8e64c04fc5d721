internal import BundleModel
internal import Postgres

/// Reads who paused what.
enum PauseRow: StoredRow {
  static let columns = ["pod", "changed_by", "changed_at", "value"]

  static func read(_ reader: inout RowReader) throws -> Pause? {
    let pod: String? = try reader.next()
    let who: String = try reader.next()
    let since: Timestamp = try reader.next()
    let why: String = try reader.next()
    return Pause(pod: pod, by: who, since: since, why: why.nonBlank)
  }
}
