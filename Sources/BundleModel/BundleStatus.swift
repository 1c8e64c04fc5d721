/// What is known of one bundle: a row of `example_bundle_status` with the artifact that it points at.
///
/// The fields of AppHub's wire format (contract: 23 of them) and ours: attempt, pod, bytes and when the stage began.
package struct BundleStatus: Equatable, Sendable {
  package var slug: Slug
  package var fingerprint: Fingerprint
  package var stage: Stage
  package var state: BundleState
  package var jobID: String?
  package var version: String?
  package var checksum: String?
  package var filename: String?
  package var cached: Bool?
  package var error: String?
  package var message: String?
  package var createdAt: Timestamp
  package var updatedAt: Timestamp
  package var completedAt: Timestamp?
  /// The artifact that the row points at; set only when `state` is completed.
  package var artifact: Artifact?

  package var attempt: Int?
  package var pod: String?
  package var bytesDone: Int64?
  package var bytesTotal: Int64?
  package var stageStartedAt: Timestamp?

  package init(
    slug: Slug, fingerprint: Fingerprint = .pending, stage: Stage, state: BundleState? = nil, jobID: String? = nil,
    version: String? = nil, checksum: String? = nil, filename: String? = nil, cached: Bool? = nil,
    error: String? = nil, message: String? = nil, createdAt: Timestamp, updatedAt: Timestamp,
    completedAt: Timestamp? = nil, artifact: Artifact? = nil, attempt: Int? = nil, pod: String? = nil,
    bytesDone: Int64? = nil, bytesTotal: Int64? = nil, stageStartedAt: Timestamp? = nil
  ) {
    self.slug = slug
    self.fingerprint = fingerprint
    self.stage = stage
    self.state = state ?? stage.state
    self.jobID = jobID
    self.version = version
    self.checksum = checksum
    self.filename = filename
    self.cached = cached
    self.error = error
    self.message = message
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.completedAt = completedAt
    self.artifact = artifact
    self.attempt = attempt
    self.pod = pod
    self.bytesDone = bytesDone
    self.bytesTotal = bytesTotal
    self.stageStartedAt = stageStartedAt
  }

  /// The pod's own download route for the artifact; nil without an artifact. See `Artifact.downloadRoute`.
  package func downloadRoute(publicURL: String? = nil) -> String? { artifact?.downloadRoute(publicURL: publicURL) }
}
