package import BundleModel

/// A finished archive; its file lives only as long as the call that hands it out.
package struct PackagedArchive: Equatable, Sendable {
  package var path: String
  package var filename: String
  package var version: String
  /// Of the file's bytes.
  package var checksum: Checksum
  /// Bytes.
  package var size: Int64
  package var contentType: String
  /// The end of what the commands printed, without control characters.
  package var tail: String

  init(
    path: String, filename: String, version: String, checksum: Checksum, size: Int64,
    contentType: String = "application/gzip", tail: String = ""
  ) {
    self.path = path
    self.filename = filename
    self.version = version
    self.checksum = checksum
    self.size = size
    self.contentType = contentType
    self.tail = tail
  }
}
