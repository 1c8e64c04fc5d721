/// How far a step is: for whoever waits in front of a terminal.
package struct MigrationProgress: Equatable, Sendable {
  /// What is done just now, in a word or two: `reading`, `comparing`, `uploading`.
  package var phase: String
  package var done: Int
  /// Nil while it is not known.
  package var total: Int?
  /// Bytes of archives that were read or sent, in this phase.
  package var bytes: Int64

  package init(_ phase: String, done: Int = 0, total: Int? = nil, bytes: Int64 = 0) {
    self.phase = phase
    self.done = done
    self.total = total
    self.bytes = bytes
  }
}

/// Takes a note of how far a step is; called from any thread, often, and never waits.
package typealias MigrationObserver = @Sendable (MigrationProgress) -> Void
