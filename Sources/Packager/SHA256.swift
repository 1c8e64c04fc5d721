internal import BundleModel
internal import COpenSSL

/// A running SHA-256.
///
/// Belongs to one thread at a time; a class because it frees libcrypto's context exactly once.
final class SHA256 {
  private let context: OpaquePointer

  /// Fails (class pod) when libcrypto has no memory left.
  init() throws(PackagingError) {
    guard let context = ossl_sha256_new() else {
      throw PackagingError(.pod, "libcrypto gave no SHA-256 context")
    }
    self.context = context
  }

  deinit { ossl_sha256_free(context) }

  /// Hashes more bytes.
  func update(_ bytes: UnsafeRawBufferPointer) throws(PackagingError) {
    guard bytes.isEmpty || ossl_sha256_update(context, bytes.baseAddress, bytes.count) == 1 else {
      throw PackagingError(.pod, "libcrypto's SHA-256 failed")
    }
  }

  /// Hashes more bytes.
  func update(_ bytes: [UInt8]) throws(PackagingError) {
    // A closure cannot carry the typed error through rethrows, so the result is taken out.
    let done: Result<Void, PackagingError> = bytes.withUnsafeBytes { buffer in
      Result { () throws(PackagingError) in try update(buffer) }
    }
    try done.get()
  }

  /// Ends it.
  func finish() throws(PackagingError) -> Checksum {
    var digest = [UInt8](repeating: 0, count: 32)
    guard ossl_sha256_final(context, &digest) == 1, let checksum = Checksum(digest: digest) else {
      throw PackagingError(.pod, "libcrypto's SHA-256 failed")
    }
    return checksum
  }
}
