/// Bytes as text and back, for those who put tokens together elsewhere.
package enum ByteText {
  /// Lower-case hex.
  package static func hex(_ bytes: [UInt8]) -> String { ByteEncoding.hex(bytes) }

  /// The bytes of hex digits of either case; nil when it is none.
  package static func bytes(hex: String) -> [UInt8]? { ByteEncoding.bytes(hex: hex) }
}
