/// A SHA-256 in lower-case hex.
package struct Checksum: Hashable, Sendable, CustomStringConvertible {
  /// 64 lower-case hex digits.
  package let hex: String

  /// Trims and lowers; nil unless 64 hex digits are left.
  package init?(hex raw: some StringProtocol) {
    let normal = raw.trimmingBlanks().lowercased()
    guard normal.utf8.count == 64, normal.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 102) })
    else { return nil }
    hex = normal
  }

  /// From the 32 bytes of a digest.
  package init?(digest: [UInt8]) {
    guard digest.count == 32 else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    hex = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The 32 bytes.
  package var digest: [UInt8] {
    let nibbles = hex.utf8.map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
  }

  package var description: String { hex }
}
