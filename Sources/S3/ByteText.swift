/// Bytes as text and back, for those who put URLs and tokens together elsewhere.
package enum ByteText {
  /// Everything but `A-Z a-z 0-9 - . _ ~` as `%XX` of its UTF-8 bytes.
  package static func percentEncoded(_ text: String) -> String {
    var out: [UInt8] = []
    ByteEncoding.appendPercentEncoded(text.utf8, keepingSlash: false, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Lower-case hex.
  package static func hex(_ bytes: [UInt8]) -> String { ByteEncoding.hex(bytes) }

  /// The bytes of hex digits of either case; nil when it is none.
  package static func bytes(hex: String) -> [UInt8]? { ByteEncoding.bytes(hex: hex) }
}
