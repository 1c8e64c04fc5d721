internal import CPostgres

/// One `PGresult`, and the names of its columns.
///
/// The rows stay in libpq's own memory: copying 300,000 cells would cost more than reading them.
final class ResultStorage: Sendable {
  // A PGresult is never changed after PQgetResult returned it, and may be read by any thread (libpq manual, 34.20);
  // nobody else holds this one.
  nonisolated(unsafe) private let result: OpaquePointer

  let columns: [String]
  let rowCount: Int

  /// Takes over the result.
  init(_ result: OpaquePointer) {
    self.result = result
    rowCount = Int(PQntuples(result))
    // COPY has columns without names.
    columns = (0..<PQnfields(result)).map { column in PQfname(result, column).map { String(cString: $0) } ?? "" }
  }

  deinit { PQclear(result) }

  var status: ExecStatusType { PQresultStatus(result) }

  /// The command tag, such as `UPDATE 3`.
  var tag: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

  /// The rows that the command inserted, changed, deleted or returned.
  var affected: Int { PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

  /// A field of the server's error, such as `PG_DIAG_SQLSTATE`.
  func errorField(_ code: Int32) -> String? {
    PQresultErrorField(result, code).map { String(cString: $0) }
  }

  /// The text of a cell, nil for NULL; valid while this object lives.
  func cell(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
    let (row, column) = (Int32(truncatingIfNeeded: row), Int32(truncatingIfNeeded: column))
    let length = PQgetlength(result, row, column)
    // Most cells have a text; only an empty one may be NULL.
    if length == 0, PQgetisnull(result, row, column) == 1 { return nil }
    return UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: Int(length))
  }
}
