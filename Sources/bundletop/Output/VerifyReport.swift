internal import ArtifactOperations
internal import ArtifactStorage
internal import BundleModel
internal import ProcessControl
internal import Synchronization

/// Prints findings as they come, and what they come to; on a terminal a line on stderr tells how far it is.
final class VerifyReport: Sendable {
  private struct State {
    var findings: [VerifyFinding] = []
    var counts: [VerifyFinding.Result: Int] = [:]
    var bytesRead: Int64 = 0
    var denied = 0
    var paintedAt: ContinuousClock.Instant?
  }

  private let total: Int
  private let json: Bool
  private let showsMatches: Bool
  private let showsProgress: Bool
  private let state = Mutex(State())

  /// - Parameter json: the findings are kept for one document in the end.
  init(total: Int, json: Bool) {
    self.total = total
    self.json = json
    // Of a few a person wants to read each, of thousands only what is wrong.
    showsMatches = total <= 20
    showsProgress = StandardStream.errors.isTerminal
  }

  func take(_ finding: VerifyFinding) {
    let progress: String? = state.withLock { state in
      if json { state.findings.append(finding) }
      state.counts[finding.result, default: 0] += 1
      if finding.isDenied { state.denied += 1 }
      state.bytesRead += finding.comparison?.bytesRead ?? 0
      guard showsProgress else { return nil }
      let now = ContinuousClock.now
      if let last = state.paintedAt, now - last < .milliseconds(100) { return nil }
      state.paintedAt = now
      return Self.summary(state, total: total)
    }
    if !json, finding.result != .match || showsMatches {
      clearProgress()
      writeLine(Self.line(finding))
    }
    if let progress { StandardStream.errors.write("\r\u{1B}[K\(progress)") }
  }

  /// Prints the document or the summary.
  func finish() throws {
    clearProgress()
    let state = state.withLock { $0 }
    if json {
      let sorted = state.findings.sorted {
        ($0.artifact.slug.text, $0.artifact.fingerprint.text) < (
          $1.artifact.slug.text, $1.artifact.fingerprint.text
        )
      }
      writeLine(try JSONText.document(sorted.map(WireFinding.init)))
    } else {
      writeLine(total == 0 ? "no artifacts" : Self.summary(state, total: total))
    }
    if total > 1, state.counts[.missing] == total {
      writeLine("bundletop: every object is missing: do the settings name the right store?", to: .errors)
    }
  }

  func count(_ result: VerifyFinding.Result) -> Int { state.withLock { $0.counts[result] ?? 0 } }

  /// How many looks the store refused.
  var denied: Int { state.withLock { $0.denied } }

  /// `3 artifacts: 2 match, 1 mismatch; 1.2 MB read`
  var summary: String { state.withLock { Self.summary($0, total: total) } }

  /// Bytes of objects that were read.
  var bytesRead: Int64 { state.withLock { $0.bytesRead } }

  private func clearProgress() {
    if showsProgress { StandardStream.errors.write("\r\u{1B}[K") }
  }

  private static func summary(_ state: State, total: Int) -> String {
    let done = state.counts.values.reduce(0, +)
    let of = done == total ? "" : "\(done) of "
    let counts = VerifyFinding.Result.allCases.compactMap { result in
      state.counts[result].map { "\($0) \(result.rawValue)" }
    }
    return "\(of)\(total) artifact\(total == 1 ? "" : "s"): \(counts.joined(separator: ", "))"
      + "; \(HumanText.size(state.bytesRead)) read"
  }

  private static func line(_ finding: VerifyFinding) -> String {
    let artifact = finding.artifact
    var words = "\(artifact.slug): \(finding.result.rawValue)"
    if finding.result == .match, let size = finding.comparison?.size { words += ", \(HumanText.size(size))" }
    words += "  \(artifact.storageURL ?? artifact.storageKey)"
    if let reason = finding.reason { words += ": \(reason)" }
    return UntrustedText.line(words, limit: 1000)
  }
}

/// A finding as scripts read it.
private struct WireFinding: Encodable {
  private let slug: String
  private let fingerprint: String
  private let storageKey: String
  private let result: String
  @Nullable private var size: Int64?
  private let expectedChecksum: String
  @Nullable private var actualChecksum: String?
  @Nullable private var actualSize: Int64?
  private let bytesRead: Int64
  @Nullable private var reason: String?

  init(_ finding: VerifyFinding) {
    slug = finding.artifact.slug.text
    fingerprint = finding.artifact.fingerprint.text
    storageKey = finding.artifact.storageKey
    result = finding.result.rawValue
    size = finding.artifact.size
    expectedChecksum = finding.artifact.checksum
    actualChecksum = finding.comparison?.checksum?.hex
    actualSize = finding.comparison?.size
    bytesRead = finding.comparison?.bytesRead ?? 0
    reason = finding.reason
  }
}
