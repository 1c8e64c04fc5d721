/// What a pod found when it read the status list of its own listener, as every client reads it.
package struct ServedDigest: Equatable, Sendable {
  /// SHA-256 of the body's bytes.
  package var checksum: Checksum
  /// The snapshot that the list was read in, as the answer named it.
  package var snapshot: String
  /// When it was published, by the database's clock.
  package var at: Timestamp

  package init(checksum: Checksum, snapshot: String, at: Timestamp) {
    self.checksum = checksum
    self.snapshot = snapshot
    self.at = at
  }
}
