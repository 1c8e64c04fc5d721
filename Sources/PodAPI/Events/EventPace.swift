/// When the reader looks again.
///
/// A bell says that something was committed, but its event appears only when every older transaction has ended, which
/// is a moment later as a rule. So a few looks follow each bell, further and further apart, and then the clock's.
struct EventPace {
  private static let followUps: [Duration] = [
    .milliseconds(20), .milliseconds(60), .milliseconds(150), .milliseconds(400),
  ]

  private let pollEvery: Duration
  private var left = ArraySlice(EventPace.followUps)

  init(pollEvery: Duration) { self.pollEvery = pollEvery }

  /// The bell has rung.
  mutating func rang() { left = ArraySlice(EventPace.followUps) }

  /// How long to wait for a bell now.
  mutating func pause() -> Duration { min(left.popFirst() ?? pollEvery, pollEvery) }
}
