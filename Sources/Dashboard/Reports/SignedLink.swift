package import BundleModel

/// A short-lived link to one artifact.
package struct SignedLink: Sendable {
  package var slug: Slug
  package var version: String?
  /// Bytes.
  package var size: Int64?
  package var url: Secret<String>
  package var signedAt: Timestamp
  package var expiresAt: Timestamp

  package init(
    slug: Slug, version: String? = nil, size: Int64? = nil, url: Secret<String>, signedAt: Timestamp,
    expiresAt: Timestamp
  ) {
    self.slug = slug
    self.version = version
    self.size = size
    self.url = url
    self.signedAt = signedAt
    self.expiresAt = expiresAt
  }
}
