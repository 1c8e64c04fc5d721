internal import BundleModel

/// How long a stage of an attempt took.
struct StageDuration: Equatable, Sendable {
  var stage: Stage
  var startedAt: Timestamp
  var microseconds: Int64
  var isRunning: Bool

  /// The stages of an attempt in order; the last one ends with the attempt, or still runs. Ends are no stages.
  static func all(of attempt: Attempt, now: Timestamp) -> [StageDuration] {
    let timings = attempt.stages
    return timings.indices.compactMap { place in
      let timing = timings[place]
      guard timing.stage != .completed, timing.stage != .failed else { return nil }
      let next = place + 1 < timings.count ? timings[place + 1].startedAt : attempt.endedAt
      let end = next ?? now
      return StageDuration(
        stage: timing.stage, startedAt: timing.startedAt,
        microseconds: max(0, end.microseconds - timing.startedAt.microseconds), isRunning: next == nil)
    }
  }
}

extension Stage {
  /// The name where room is short.
  var shortName: String { self == .installingDependencies ? "installing" : rawValue }
}
