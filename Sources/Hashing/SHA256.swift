package import BundleModel
internal import COpenSSL

/// A SHA-256 that is fed piece by piece. Belongs to one caller at a time.
///
/// Source: FIPS 180-4, by libcrypto.
package final class SHA256 {
  private let state: OpaquePointer

  /// An empty hash. Traps only when libcrypto has no SHA-256 or memory is out.
  package init() {
    guard let state = ossl_sha256_new() else { fatalError("libcrypto offers no SHA-256") }
    self.state = state
  }

  deinit { ossl_sha256_free(state) }

  /// Feeds bytes.
  package func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, ossl_sha256_update(state, base, bytes.count) == 1 else {
      precondition(bytes.isEmpty, "libcrypto failed to hash")
      return
    }
  }

  /// The digest of all that was fed; the hash is empty afterwards.
  package func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { out, count in
      precondition(ossl_sha256_final(state, out.baseAddress) == 1, "libcrypto failed to hash")
      count = 32
    }
  }

  /// The same as a checksum.
  package func finishChecksum() -> Checksum {
    guard let checksum = Checksum(digest: finish()) else { fatalError("a SHA-256 has 32 bytes") }
    return checksum
  }

  /// The 32 bytes of the digest of `bytes`.
  package static func digest(of bytes: some ContiguousBytesView) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { out, count in
      let ok = bytes.withRawBytes { ossl_sha256($0.baseAddress, $0.count, out.baseAddress) }
      precondition(ok == 1, "libcrypto failed to hash")
      count = 32
    }
  }

  /// The 32 bytes of HMAC-SHA256 (RFC 2104).
  package static func authenticate(_ bytes: some ContiguousBytesView, key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { out, count in
      let ok = bytes.withRawBytes { ossl_hmac_sha256(key, key.count, $0.baseAddress, $0.count, out.baseAddress) }
      precondition(ok == 1, "libcrypto failed to authenticate")
      count = 32
    }
  }
}

/// Bytes that lie in one piece: what hashes and encoders read.
package protocol ContiguousBytesView {
  /// Calls `body` with the bytes; the pointer dies with the call.
  func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

extension Array: ContiguousBytesView where Element == UInt8 {
  package func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(body)
  }
}

extension String: ContiguousBytesView {
  package func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    var copy = self
    return copy.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }
}
