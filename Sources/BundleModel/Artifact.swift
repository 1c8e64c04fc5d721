/// Where archives are kept.
package enum StorageKind: String, Sendable {
  case local, s3
}

/// What the last look at a stored object said.
package enum Verification: String, Sendable {
  case match, mismatch, missing

  /// True when what was published cannot be fetched as it was published.
  package var isBad: Bool { self != .match }
}

/// A stored archive: one row of `example_bundle_artifacts`.
package struct Artifact: Equatable, Sendable {
  package var id: String
  package var slug: Slug
  package var fingerprint: Fingerprint
  package var version: String?
  /// The SHA-256 of the archive as stored in the row; AppHub's rows may hold other text.
  package var checksum: String
  package var filename: String?
  package var storageKind: StorageKind
  /// The only way to find the object.
  package var storageKey: String
  package var storageURL: String?
  package var contentType: String?
  /// Bytes.
  package var size: Int64?
  package var jobID: String?
  package var uploadedAt: Timestamp
  package var createdAt: Timestamp
  package var verifiedAt: Timestamp?
  package var verification: Verification?

  package init(
    id: String, slug: Slug, fingerprint: Fingerprint, version: String? = nil, checksum: String,
    filename: String? = nil, storageKind: StorageKind, storageKey: String, storageURL: String? = nil,
    contentType: String? = nil, size: Int64? = nil, jobID: String? = nil, uploadedAt: Timestamp,
    createdAt: Timestamp, verifiedAt: Timestamp? = nil, verification: Verification? = nil
  ) {
    self.id = id
    self.slug = slug
    self.fingerprint = fingerprint
    self.version = version
    self.checksum = checksum
    self.filename = filename
    self.storageKind = storageKind
    self.storageKey = storageKey
    self.storageURL = storageURL
    self.contentType = contentType
    self.size = size
    self.jobID = jobID
    self.uploadedAt = uploadedAt
    self.createdAt = createdAt
    self.verifiedAt = verifiedAt
    self.verification = verification
  }

  /// The pod's own download route for it: never expires, holds no secret.
  ///
  /// - Parameter publicURL: scheme, host and port to make it absolute; nil gives a path.
  package func downloadRoute(publicURL: String? = nil) -> String {
    let path =
      "/examples/bundles/\(percentEncoded(slug.text))/fingerprints/\(percentEncoded(fingerprint.text))/download"
    guard var base = publicURL else { return path }
    while base.hasSuffix("/") { base.removeLast() }
    return base + path
  }

  private func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 65...90, 97...122, 48...57, 45, 46, 95, 126: out.append(byte)
      default: out += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
