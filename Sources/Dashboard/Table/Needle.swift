/// A part of a text that is looked for, whatever the letter case of its ASCII.
struct Needle: Equatable, Sendable {
  private let bytes: [UInt8]

  init(_ text: some StringProtocol) { bytes = text.utf8.map(Self.lower) }

  /// Whether a text has it somewhere.
  func isIn(_ text: String) -> Bool {
    guard let first = bytes.first else { return true }
    let found = text.utf8.withContiguousStorageIfAvailable { hay in
      guard hay.count >= bytes.count else { return false }
      for start in 0...(hay.count - bytes.count) where Self.lower(hay[start]) == first {
        var place = 1
        while place < bytes.count && Self.lower(hay[start + place]) == bytes[place] { place += 1 }
        if place == bytes.count { return true }
      }
      return false
    }
    return found ?? text.lowercased().contains(String(decoding: bytes, as: UTF8.self))
  }

  private static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }
}
