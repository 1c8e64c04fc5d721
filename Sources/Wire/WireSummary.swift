package import BundleModel

/// The archive that a status names, as AppHub sums it up. Source: contract section 1.
package struct WireSummary: WireRecord {
  private let status: BundleStatus
  private let publicURL: String?

  /// Nil when version, checksum, filename, fingerprint and `cached` are all unknown.
  ///
  /// - Parameter publicURL: scheme, host and port under which pods are reached; nil gives relative download links.
  package init?(_ status: BundleStatus, publicURL: String? = nil) {
    guard
      status.version != nil || status.checksum != nil || status.filename != nil || status.cached != nil
        || status.fingerprint != .pending
    else { return nil }
    self.status = status
    self.publicURL = publicURL
  }

  package var members: [(name: String, value: WireValue)] {
    let artifact = status.artifact
    return [
      ("cached", WireValue(status.cached)),
      ("checksum", WireValue(status.checksum)),
      ("contentType", WireValue(artifact?.contentType)),
      ("downloadUrl", WireValue(status.downloadRoute(publicURL: publicURL))),
      // The route never expires; the field is AppHub's and stays.
      ("downloadUrlExpiresAt", .null),
      ("filename", WireValue(status.filename)),
      ("fingerprint", status.fingerprint == .pending ? .null : .text(status.fingerprint.text)),
      ("reference", WireValue(status.version.map { "\(status.slug)@\($0)" })),
      ("size", WireValue(artifact?.size)),
      ("slug", .text(status.slug.text)),
      ("storageKind", WireValue(artifact?.storageKind.rawValue)),
      ("storageUrl", WireValue(artifact?.storageURL)),
      ("version", WireValue(status.version)),
    ]
  }
}

/// What packaging has made, all of it known. Source: contract section 1.
package struct WireResult: WireRecord {
  private let slug: Slug
  private let fingerprint: Fingerprint
  private let version: String
  private let checksum: String
  private let filename: String
  private let cached: Bool

  /// Nil unless the bundle is completed, by this job.
  package init?(_ status: BundleStatus, of job: String) {
    guard status.state == .completed, status.jobID == job, let version = status.version,
      let checksum = status.checksum, let filename = status.filename
    else { return nil }
    slug = status.slug
    fingerprint = status.fingerprint
    self.version = version
    self.checksum = checksum
    self.filename = filename
    cached = status.cached ?? false
  }

  package var members: [(name: String, value: WireValue)] {
    [
      ("cached", .flag(cached)), ("checksum", .text(checksum)), ("filename", .text(filename)),
      ("fingerprint", .text(fingerprint.text)), ("slug", .text(slug.text)), ("version", .text(version)),
    ]
  }
}
