package import BundleModel

/// What a completed attempt publishes.
package struct Publication: Equatable, Sendable {
  package var fingerprint: Fingerprint
  package var version: String
  package var checksum: Checksum
  package var filename: String
  package var storageKind: StorageKind
  package var storageKey: String
  package var storageURL: String
  package var contentType: String
  /// Bytes.
  package var size: Int64
  /// True when the artifact was found and nothing was built or uploaded.
  package var cached: Bool
  package var message: String?

  package init(
    fingerprint: Fingerprint, version: String, checksum: Checksum, filename: String, storageKind: StorageKind,
    storageKey: String, storageURL: String, contentType: String, size: Int64, cached: Bool, message: String? = nil
  ) {
    self.fingerprint = fingerprint
    self.version = version
    self.checksum = checksum
    self.filename = filename
    self.storageKind = storageKind
    self.storageKey = storageKey
    self.storageURL = storageURL
    self.contentType = contentType
    self.size = size
    self.cached = cached
    self.message = message
  }
}
