/// Keeps the body of a document in memory, up to a limit.
struct BodyWriter {
  /// As much of a refusal as is read: its code and message stand at the beginning.
  static let refusalLimit = 64 * 1024

  /// The body, or its beginning.
  private(set) var collected: [UInt8] = []
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Keeps what fits; false when something did not.
  mutating func write(_ piece: UnsafeRawBufferPointer) -> Bool {
    let room = limit - collected.count
    collected.append(contentsOf: piece.prefix(room))
    return piece.count <= room
  }
}
