internal import BundleModel
internal import BundleStore

/// One bundle in full, for reading.
enum BundleReport {
  /// - Parameter finding: what the last look at the archive found wrong.
  static func text(
    _ status: BundleStatus, attempts: [Attempt], finding: VerificationFinding? = nil, now: Timestamp
  ) -> String {
    var lines = ["\(status.slug)  \(status.state.rawValue), \(status.stage.rawValue)"]
    func add(_ name: String, _ value: String?) {
      guard let value else { return }
      let indented = UntrustedText.block(value).split(separator: "\n", omittingEmptySubsequences: false)
      lines.append("  \(name)\(String(repeating: " ", count: max(1, 13 - name.count)))\(indented.first ?? "")")
      for more in indented.dropFirst() { lines.append("  \(String(repeating: " ", count: 13))\(more)") }
    }
    add("version", status.version)
    add("fingerprint", status.fingerprint.text)
    add("error", status.error)
    add("message", status.message)
    add("job", status.jobID)
    add("pod", status.pod)
    add("updated", "\(status.updatedAt.iso8601) (\(HumanText.age(now.since(status.updatedAt))) ago)")
    add("completed", status.completedAt?.iso8601)
    if let artifact = status.artifact {
      add("checksum", "sha256 \(artifact.checksum)")
      add("verified", verification(artifact))
      add("found", finding?.reason)
      add("size", artifact.size.map { "\($0) bytes (\(HumanText.size($0)))" })
      add("object", artifact.storageURL ?? artifact.storageKey)
      add("uploaded", artifact.uploadedAt.iso8601)
    }
    for attempt in attempts {
      lines.append("")
      let outcome = attempt.outcome?.rawValue ?? "running"
      let span = (attempt.endedAt ?? now).since(attempt.startedAt)
      lines.append("  attempt \(attempt.number) on \(attempt.pod): \(outcome), \(HumanText.duration(span))")
      for (index, timing) in attempt.stages.enumerated() {
        let end = index + 1 < attempt.stages.count ? attempt.stages[index + 1].startedAt : attempt.endedAt ?? now
        add("  " + timing.stage.rawValue, "  " + HumanText.duration(end.since(timing.startedAt)))
      }
      add("  error", attempt.error)
    }
    return lines.map { UntrustedText.block($0) }.joined(separator: "\n")
  }

  private static func verification(_ artifact: Artifact) -> String {
    guard let result = artifact.verification, let at = artifact.verifiedAt else { return "never" }
    let words = result.isBad ? result.rawValue.uppercased() : result.rawValue
    return "\(words), \(at.iso8601): \(result.words)"
  }
}
