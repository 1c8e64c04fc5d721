/// How much a parser takes from whoever wrote the document.
package struct JSONLimits: Sendable {
  /// What two members of one name in one object mean.
  package enum DuplicateNames: Sendable {
    /// The last one counts, as in JavaScript.
    case lastCounts
    /// The document is refused: two readers might take different ones.
    case refused
  }

  /// Bytes of the whole document. No limit unless told: who reads files limits them when reading.
  package var bytes: Int
  /// Arrays and objects within each other.
  package var depth: Int
  package var duplicateNames: DuplicateNames

  package init(bytes: Int = .max, depth: Int = 128, duplicateNames: DuplicateNames = .lastCounts) {
    self.bytes = bytes
    self.depth = depth
    self.duplicateNames = duplicateNames
  }
}
