package import BundleModel

/// One attempt as other programs read it.
package struct WireAttempt: WireRecord {
  private let attempt: Attempt
  private let showsTail: Bool

  /// - Parameter showsTail: has a field for the end of what its programs printed.
  package init(_ attempt: Attempt, showsTail: Bool = false) {
    self.attempt = attempt
    self.showsTail = showsTail
  }

  package var members: [(name: String, value: WireValue)] {
    [
      ("attempt", .number(Int64(attempt.number))),
      ("cached", WireValue(attempt.cached)),
      ("endedAt", WireValue(attempt.endedAt)),
      ("error", WireValue(attempt.error)),
      ("errorClass", WireValue(attempt.errorClass?.rawValue)),
      ("fingerprint", WireValue(attempt.fingerprint?.text)),
      ("jobId", .text(attempt.job.text)),
      ("outcome", WireValue(attempt.outcome?.rawValue)),
      ("pod", .text(attempt.pod)),
      ("stages", WireValue(attempt.stages.map(WireStageTiming.init))),
      ("startedAt", .moment(attempt.startedAt)),
    ] + (showsTail ? [("tail", WireValue(attempt.tail))] : [])
  }
}

/// When a stage began, as other programs read it.
private struct WireStageTiming: WireRecord {
  let timing: StageTiming

  var members: [(name: String, value: WireValue)] {
    [("stage", .text(timing.stage.rawValue)), ("startedAt", .moment(timing.startedAt))]
  }
}
