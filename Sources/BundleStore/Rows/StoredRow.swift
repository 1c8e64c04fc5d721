internal import Postgres

/// A kind of row: it has one reader, whatever statement it comes from.
protocol StoredRow {
  associatedtype Value
  /// The columns in the order in which they are read; every statement in `SQL/` names them so.
  static var columns: [String] { get }
  /// Reads them from left to right; nil when the row is absent, as in a status without an artifact.
  static func read(_ reader: inout RowReader) throws -> Value?
}

extension Rows {
  /// Reads every row that is there.
  func read<R: StoredRow>(_ kind: R.Type) throws -> [R.Value] {
    try compactMap { row in
      var reader = row.reader()
      return try R.read(&reader)
    }
  }
}
