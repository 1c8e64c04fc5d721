package import BundleModel

/// What is known of a bundle once its inputs were read.
package struct ResolvedBundle: Equatable, Sendable {
  package var fingerprint: Fingerprint
  package var version: String
  /// `<slug>-<version>.tgz`.
  package var filename: String
  /// False when the bundle installs dependencies without a lock file: never answered from the cache.
  package var isPinned: Bool
  var manifest: Manifest

  init(
    fingerprint: Fingerprint, version: String, filename: String, isPinned: Bool, manifest: Manifest
  ) {
    self.fingerprint = fingerprint
    self.version = version
    self.filename = filename
    self.isPinned = isPinned
    self.manifest = manifest
  }
}
