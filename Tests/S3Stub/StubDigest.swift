internal import Hashing

/// Hashes as numbers and texts that tests compare with.
package enum StubDigest {
  /// 32 bytes.
  package static func sha256(_ bytes: [UInt8]) -> [UInt8] { SHA256.digest(of: bytes) }

  /// The RFC 1321 digest in lower-case hex.
  package static func md5Hex(_ bytes: [UInt8]) -> String { ByteWords.hex(MD5.digest(of: bytes) ?? []) }
}
