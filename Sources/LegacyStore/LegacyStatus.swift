package import BundleModel

/// One status as AppHub's file store keeps it: the fields of `status/<slug>.json` and no others.
///
/// Source: contract section 6.
package struct LegacyStatus: Equatable, Sendable {
  package var slug: Slug
  package var fingerprint: Fingerprint
  package var stage: Stage
  package var state: BundleState
  package var createdAt: Timestamp
  package var updatedAt: Timestamp
  package var jobID: String?
  package var version: String?
  /// Trimmed and in lower case; not necessarily a SHA-256.
  package var checksum: String?
  package var filename: String?
  package var cached: Bool?
  package var error: String?
  package var message: String?

  package init(
    slug: Slug, fingerprint: Fingerprint, stage: Stage, state: BundleState? = nil, createdAt: Timestamp,
    updatedAt: Timestamp, jobID: String? = nil, version: String? = nil, checksum: String? = nil,
    filename: String? = nil, cached: Bool? = nil, error: String? = nil, message: String? = nil
  ) {
    self.slug = slug
    self.fingerprint = fingerprint
    self.stage = stage
    self.state = state ?? stage.state
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.jobID = jobID
    self.version = version
    self.checksum = checksum
    self.filename = filename
    self.cached = cached
    self.error = error
    self.message = message
  }

  /// What a file keeps of a row: moments cut to milliseconds, short texts as the reader takes them, so that it is
  /// equal to what is read back.
  package init(_ row: BundleStatus) {
    func name(_ text: String?) -> String? { text?.nonBlank == nil ? nil : text }
    self.init(
      slug: row.slug, fingerprint: row.fingerprint, stage: row.stage, state: row.state,
      createdAt: row.createdAt.wholeMilliseconds, updatedAt: row.updatedAt.wholeMilliseconds,
      jobID: name(row.jobID), version: name(row.version), checksum: row.checksum?.nonBlank?.lowercased(),
      filename: name(row.filename), cached: row.cached, error: row.error, message: row.message)
  }
}
