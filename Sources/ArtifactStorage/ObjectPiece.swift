/// A part of an object, in memory.
package struct ObjectPiece: Sendable, Equatable {
  package var bytes: [UInt8]
  /// Of the whole object, in bytes.
  package var total: Int64
  /// What tells this content of the key from another; nil where the store does not say. Parts with different ones do
  /// not belong together.
  package var tag: String?

  package init(bytes: [UInt8], total: Int64, tag: String?) {
    self.bytes = bytes
    self.total = total
    self.tag = tag
  }
}
