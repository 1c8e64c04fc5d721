/// What a person saw of a bundle when they asked for something: what the store compares before it acts.
package struct SeenState: Equatable, Sendable {
  package var state: BundleState
  package var fingerprint: Fingerprint
  /// The job id as the status row holds it; AppHub's rows may hold other text than a UUID. Nil is not compared.
  package var jobID: String?
  /// Nil is not compared.
  package var attempt: Int?

  package init(state: BundleState, fingerprint: Fingerprint, jobID: String?, attempt: Int?) {
    self.state = state
    self.fingerprint = fingerprint
    self.jobID = jobID
    self.attempt = attempt
  }

  /// Everything that a status shows.
  package init(_ status: BundleStatus) {
    self.init(
      state: status.state, fingerprint: status.fingerprint, jobID: status.jobID, attempt: status.attempt)
  }
}
