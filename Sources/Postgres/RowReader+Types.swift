package import BundleModel

// The same as the generic `next`, for the usual types: another module cannot specialise the generic one, and looking
// up its metadata costs more than reading the cell.
extension RowReader {
  /// The next column, as String.
  package mutating func next(as type: String.Type = String.self) throws(PostgresError) -> String { try read() }

  /// The next column, as String or NULL.
  package mutating func next(as type: String?.Type = String?.self) throws(PostgresError) -> String? { try read() }

  /// The next column, as Int.
  package mutating func next(as type: Int.Type = Int.self) throws(PostgresError) -> Int { try read() }

  /// The next column, as Int or NULL.
  package mutating func next(as type: Int?.Type = Int?.self) throws(PostgresError) -> Int? { try read() }

  /// The next column, as Int64.
  package mutating func next(as type: Int64.Type = Int64.self) throws(PostgresError) -> Int64 { try read() }

  /// The next column, as Int64 or NULL.
  package mutating func next(as type: Int64?.Type = Int64?.self) throws(PostgresError) -> Int64? { try read() }

  /// The next column, as Bool.
  package mutating func next(as type: Bool.Type = Bool.self) throws(PostgresError) -> Bool { try read() }

  /// The next column, as Bool or NULL.
  package mutating func next(as type: Bool?.Type = Bool?.self) throws(PostgresError) -> Bool? { try read() }

  /// The next column, as Double.
  package mutating func next(as type: Double.Type = Double.self) throws(PostgresError) -> Double { try read() }

  /// The next column, as Double or NULL.
  package mutating func next(as type: Double?.Type = Double?.self) throws(PostgresError) -> Double? { try read() }

  /// The next column, as Timestamp.
  package mutating func next(as type: Timestamp.Type = Timestamp.self) throws(PostgresError) -> Timestamp {
    try read()
  }

  /// The next column, as Timestamp or NULL.
  package mutating func next(as type: Timestamp?.Type = Timestamp?.self) throws(PostgresError) -> Timestamp? {
    try read()
  }
}
