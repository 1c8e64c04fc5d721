internal import BundleModel

/// Why actions cannot be done now, as data: the footer dims them, pressing their key tells.
extension DashboardState {
  /// Against anything that changes the world.
  private func reasonAgainstChange(_ verb: String) -> Phrase? {
    if configuration.isReadOnly { return "read-only: \(verb) is not offered" }
    return reasonOfConnection(verb)
  }

  private func reasonOfConnection(_ verb: String) -> Phrase? {
    switch connection {
    case .connecting: "not connected yet: \(verb) when the connection stands"
    case .lost: "database unreachable: \(verb) when the connection is back"
    case .blind: "the database does not answer: \(verb) when it does"
    case .live, .polling: nil
    }
  }

  private var selectedRow: BundleRow? { cursor.shown.flatMap { bundles.row(of: $0) } }

  private func reasonOfPending(_ slug: Slug) -> Phrase? {
    guard let kind = pending[slug] else { return nil }
    return "\(slug): \(kind.noun) was asked for and is not answered yet"
  }

  var reasonAgainstRetry: Phrase? {
    if let reason = reasonAgainstChange("retry") { return reason }
    guard let row = selectedRow else { return "no bundle is selected" }
    if let reason = reasonOfPending(row.slug) { return reason }
    switch row.state {
    case .failed: return nil
    case .running:
      let pod = bundles.podName(of: row)
      return pod.isEmpty
        ? "cannot retry: running since \(time: row.since)"
        : "cannot retry: running on \(pod, limit: 40) since \(time: row.since)"
    case .queued: return "cannot retry: queued already since \(time: row.since)"
    case .completed: return "cannot retry: completed; f forces a rebuild"
    }
  }

  var reasonAgainstForce: Phrase? {
    if let reason = reasonAgainstChange("force") { return reason }
    guard let row = selectedRow else { return "no bundle is selected" }
    return reasonOfPending(row.slug)
  }

  var reasonAgainstSigning: Phrase? {
    if let reason = reasonAgainstChange("sign") { return reason }
    guard let row = selectedRow else { return "no bundle is selected" }
    if let reason = reasonOfPending(row.slug) { return reason }
    switch storage {
    case .notConfigured: return "cannot sign: object storage is not configured"
    case .unreachable(let since, let why):
      return "cannot sign: object storage unreachable since \(time: since): \(why)"
    case .unknown, .reachable: break
    }
    return mayHaveArtifact(row) ? nil : "no artifact yet"
  }

  var reasonAgainstCopying: Phrase? {
    guard cursor.shown != nil else { return "no bundle is selected" }
    return copyableChecksum == nil ? "no artifact yet: nothing to copy" : nil
  }

  /// The checksum of the selected bundle's archive, or of its last good one when the detail has read it.
  var copyableChecksum: String? {
    guard let row = selectedRow else { return nil }
    return row.checksum.string ?? lastArtifact(of: row.slug)?.checksum
  }

  /// Against saying yes: the connection may have gone while the question stood.
  var reasonAgainstAnswer: Phrase? {
    guard let question else { return nil }
    return reasonAgainstChange(question.isForced ? "force" : "retry") ?? reasonOfPending(question.slug)
  }

  /// A rebuild that runs or failed leaves the earlier archive fetchable; until the detail was read only the store
  /// knows, and answers.
  private func mayHaveArtifact(_ row: BundleRow) -> Bool {
    if row.state == .completed { return true }
    if let content = detail.content, content.status.slug == row.slug { return content.lastArtifact != nil }
    return row.fingerprint.string != Fingerprint.pending.text
  }

  private func lastArtifact(of slug: Slug) -> Artifact? {
    guard let content = detail.content, content.status.slug == slug else { return nil }
    return content.status.artifact ?? content.lastArtifact
  }
}
