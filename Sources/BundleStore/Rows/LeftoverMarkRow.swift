internal import BundleModel
internal import Postgres

/// Reads a mark of `bundletop_gc_marks`.
enum LeftoverMarkRow: StoredRow {
  static let columns = ["key", "upload", "size", "written_at", "marked_at", "is_due"]

  static func read(_ reader: inout RowReader) throws -> LeftoverMark? {
    let key: String = try reader.next()
    let upload: String = try reader.next()
    let size: Int64 = try reader.next()
    let writtenAt: Timestamp = try reader.next()
    let markedAt: Timestamp = try reader.next()
    let isDue: Bool = try reader.next()
    return LeftoverMark(
      leftover: Leftover(key: key, upload: upload.isEmpty ? nil : upload, size: size, writtenAt: writtenAt),
      markedAt: markedAt, isDue: isDue)
  }
}
