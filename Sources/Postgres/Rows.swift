/// The answer to one statement.
package struct Rows: Sendable, RandomAccessCollection {
  let storage: ResultStorage

  package var startIndex: Int { 0 }
  package var endIndex: Int { storage.rowCount }
  package subscript(position: Int) -> Row {
    precondition(indices.contains(position), "row \(position) of \(count)")
    return Row(storage: storage, index: position)
  }

  /// The rows that a command inserted, changed, deleted or returned.
  package var affected: Int { storage.affected }

  /// The names of the columns, in order.
  package var columns: [String] { storage.columns }

  /// The command tag, such as `INSERT 0 1`.
  package var tag: String { storage.tag }
}

/// One row of an answer.
package struct Row: Sendable {
  let storage: ResultStorage
  let index: Int

  /// Reads a column by its name.
  ///
  /// - Throws: `.decoding` when there is no such column, or it is not a `T`.
  package func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T {
    guard let position = storage.columns.firstIndex(of: column) else {
      throw PostgresError(.decoding, "the answer has no column \"\(column)\"")
    }
    return try decode(at: position)
  }

  /// Reads a column by its position, counted from 0.
  package func decode<T: PostgresDecodable>(at position: Int, as type: T.Type = T.self) throws(PostgresError) -> T {
    guard storage.columns.indices.contains(position) else {
      throw PostgresError(.decoding, "the answer has \(storage.columns.count) columns, column \(position) is none")
    }
    guard let value = T(postgres: storage.cell(index, position)) else { throw mismatch(position, T.self) }
    return value
  }

  /// A reader of the columns in their order: the fast way for many rows.
  package func reader() -> RowReader { RowReader(row: self) }

  /// Names column and type, never the value, which may be private.
  func mismatch(_ position: Int, _ type: Any.Type) -> PostgresError {
    let found = storage.cell(index, position) == nil ? "is NULL" : "holds another type"
    return PostgresError(.decoding, "column \"\(storage.columns[position])\" \(found), not \(type)")
  }
}

/// Reads the columns of one row from left to right.
package struct RowReader: Sendable {
  private let row: Row
  private var position = 0

  init(row: Row) { self.row = row }

  /// The next column.
  ///
  /// - Throws: `.decoding` when the row ended, or the column is not a `T`.
  package mutating func next<T: PostgresDecodable>(as type: T.Type = T.self) throws(PostgresError) -> T {
    try read()
  }

  /// `next`, which specialises in this module only.
  mutating func read<T: PostgresDecodable>() throws(PostgresError) -> T {
    guard position < row.storage.columns.count else {
      throw PostgresError(.decoding, "the answer has only \(row.storage.columns.count) columns")
    }
    guard let value = T(postgres: row.storage.cell(row.index, position)) else {
      throw row.mismatch(position, T.self)
    }
    position += 1
    return value
  }

  /// Passes over columns.
  package mutating func skip(_ columns: Int = 1) { position += columns }
}
