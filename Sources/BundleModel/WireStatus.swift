/// A status as other programs read it: AppHub's 23 fields, always present, null where nothing is known, and ours.
///
/// Times are ISO 8601 with milliseconds, in UTC. Source: contract section 1.
package struct WireStatus: Encodable, Sendable {
  private let status: BundleStatus
  private let publicURL: String?

  /// - Parameter publicURL: scheme, host and port under which pods are reached; nil gives relative download links.
  package init(_ status: BundleStatus, publicURL: String? = nil) {
    self.status = status
    self.publicURL = publicURL
  }

  private enum Field: String, CodingKey {
    case slug, fingerprint, stage, state, createdAt, updatedAt
    case jobId, version, checksum, filename, storageKind, storageKey, storageUrl, contentType, artifactId
    case artifactUploadedAt, downloadUrl, downloadUrlExpiresAt, error, message, completedAt, cached, size
    case attempt, pod, bytesDone, bytesTotal, verification, verifiedAt
  }

  package func encode(to encoder: any Encoder) throws {
    var out = encoder.container(keyedBy: Field.self)
    try out.encode(status.slug.text, forKey: .slug)
    try out.encode(status.fingerprint.text, forKey: .fingerprint)
    try out.encode(status.stage.rawValue, forKey: .stage)
    try out.encode(status.state.rawValue, forKey: .state)
    try out.encode(status.createdAt.iso8601, forKey: .createdAt)
    try out.encode(status.updatedAt.iso8601, forKey: .updatedAt)
    try out.encode(status.jobID, forKey: .jobId)
    try out.encode(status.version, forKey: .version)
    try out.encode(status.checksum, forKey: .checksum)
    try out.encode(status.filename, forKey: .filename)
    try out.encode(status.error, forKey: .error)
    try out.encode(status.message, forKey: .message)
    try out.encode(status.completedAt?.iso8601, forKey: .completedAt)
    try out.encode(status.cached, forKey: .cached)
    let artifact = status.artifact
    try out.encode(artifact?.storageKind.rawValue, forKey: .storageKind)
    try out.encode(artifact?.storageKey, forKey: .storageKey)
    try out.encode(artifact?.storageURL, forKey: .storageUrl)
    try out.encode(artifact?.contentType, forKey: .contentType)
    try out.encode(artifact?.id, forKey: .artifactId)
    try out.encode(artifact?.uploadedAt.iso8601, forKey: .artifactUploadedAt)
    try out.encode(artifact?.size, forKey: .size)
    try out.encode(status.downloadRoute(publicURL: publicURL), forKey: .downloadUrl)
    // The route never expires; the field is AppHub's and stays.
    try out.encodeNil(forKey: .downloadUrlExpiresAt)
    try out.encode(status.attempt, forKey: .attempt)
    try out.encode(status.pod, forKey: .pod)
    try out.encode(status.bytesDone, forKey: .bytesDone)
    try out.encode(status.bytesTotal, forKey: .bytesTotal)
    try out.encode(artifact?.verification?.rawValue, forKey: .verification)
    try out.encode(artifact?.verifiedAt?.iso8601, forKey: .verifiedAt)
  }
}
