/// The pods' own route to an artifact: never expires, holds no secret, needs a token.
package enum DownloadRoute {
  /// The path, without scheme and host.
  package static func path(_ slug: Slug, _ fingerprint: Fingerprint) -> String {
    "/examples/bundles/\(PercentCode.encoded(slug.text))/fingerprints/\(PercentCode.encoded(fingerprint.text))/download"
  }
}
