/// Rows that a cursor can stand on: each is known by a key that it keeps wherever it moves.
protocol TableRows {
  associatedtype Key: Hashable, Sendable

  /// How many rows pass the filter.
  var visibleCount: Int { get }
  /// The key of the row at a position of the visible table.
  func key(at position: Int) -> Key
  /// Where a key stands in the visible table; nil when it is not there.
  func position(of key: Key) -> Int?
  /// Whether there is such a row, visible or not.
  func contains(_ key: Key) -> Bool
}
