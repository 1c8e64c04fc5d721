package import BundleModel
internal import COpenSSL
internal import Hashing
internal import S3

/// The token of a directory's download links, as AppHub makes it: hex HMAC-SHA256 of
/// `v1\n<slug>\n<fingerprint>\n<storageKey>\n<expires in ms since 1970>`.
///
/// The file name is not covered, so it decides nothing but what a browser calls the file.
package struct LocalDownloadToken: Sendable {
  private let secret: Secret<[UInt8]>

  /// - Parameter secret: the same on every pod, or links of one are refused by the others.
  package init(secret: Secret<[UInt8]>) { self.secret = secret }

  /// The token in lower-case hex.
  package func token(
    slug: Slug, fingerprint: Fingerprint, key: String, expiresMilliseconds: Int64
  ) -> Secret<String> {
    let code = code(slug: slug, fingerprint: fingerprint, key: key, expiresMilliseconds: expiresMilliseconds)
    return Secret(ByteText.hex(code))
  }

  /// True when a token is ours and has not expired. Takes the same time wherever a wrong one differs.
  package func isValid(
    _ token: String, slug: Slug, fingerprint: Fingerprint, key: String, expiresMilliseconds: Int64, now: Timestamp
  ) -> Bool {
    guard let given = ByteText.bytes(hex: token), given.count == 32 else { return false }
    let wanted = code(slug: slug, fingerprint: fingerprint, key: key, expiresMilliseconds: expiresMilliseconds)
    let isEqual = ossl_equal(given, wanted, 32) == 1
    return isEqual && now.microseconds / 1000 < expiresMilliseconds
  }

  private func code(slug: Slug, fingerprint: Fingerprint, key: String, expiresMilliseconds: Int64) -> [UInt8] {
    SHA256.authenticate(
      "v1\n\(slug.text)\n\(fingerprint.text)\n\(key)\n\(expiresMilliseconds)", key: secret.reveal())
  }
}
