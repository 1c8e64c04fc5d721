/// Columns and rows.
package struct Size: Hashable, Sendable {
  /// Columns.
  package var columns: Int
  /// Rows.
  package var rows: Int
  /// A size as it is.
  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}
