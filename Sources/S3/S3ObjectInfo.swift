package import BundleModel
internal import HTTPTransport

/// What a server says of an object.
package struct S3ObjectInfo: Equatable, Sendable {
  /// Bytes.
  package var size: Int64
  /// Without quotes.
  package var etag: String
  package var contentType: String?
  package var lastModified: Timestamp?
  /// The server's own SHA-256 of the whole object (`x-amz-checksum-sha256`). Some servers only echo the uploader's.
  package var serverChecksum: Checksum?
  /// What the uploader noted (`x-amz-meta-sha256`): a claim, not a proof.
  package var notedChecksum: Checksum?

  init(_ response: HTTPResponse) {
    size = response.headers["content-length"].flatMap { Int64($0) } ?? response.received
    etag = (response.headers["etag"] ?? "").filter { $0 != "\"" }
    contentType = response.headers["content-type"]
    lastModified = response.headers["last-modified"].flatMap(HTTPDate.moment)
    // A multipart object's value ends in "-N" and is not the hash of its bytes: it does not decode.
    serverChecksum = response.headers["x-amz-checksum-sha256"].flatMap { ByteEncoding.bytes(base64: $0) }
      .flatMap { Checksum(digest: $0) }
    notedChecksum = response.headers["x-amz-meta-sha256"].flatMap { Checksum(hex: $0) }
  }
}
