/// What a person saw when they decided to try a bundle again. Nil fields are not compared.
package struct SeenState: Equatable, Sendable {
  package var state: BundleState?
  package var fingerprint: Fingerprint?
  package var jobID: String?
  package var attempt: Int?

  package init(
    state: BundleState? = nil, fingerprint: Fingerprint? = nil, jobID: String? = nil, attempt: Int? = nil
  ) {
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
