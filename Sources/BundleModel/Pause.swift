/// Claiming that somebody stopped.
package struct Pause: Equatable, Sendable {
  /// Nil: all pods.
  package var pod: String?
  package var by: String
  package var since: Timestamp
  package var why: String?

  package init(pod: String?, by: String, since: Timestamp, why: String? = nil) {
    self.pod = pod
    self.by = by
    self.since = since
    self.why = why
  }
}
