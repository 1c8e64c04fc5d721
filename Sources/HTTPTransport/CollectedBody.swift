/// A body that is kept in memory, up to a limit.
struct CollectedBody {
  /// As much of a refusal as is read: its code and message stand at the beginning.
  static let refusalLimit = 64 * 1024

  /// The body, or its beginning.
  private(set) var bytes: [UInt8] = []
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Keeps what fits; false when something did not.
  mutating func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    let room = limit - bytes.count
    bytes.append(contentsOf: piece.prefix(room))
    return piece.count <= room
  }
}
