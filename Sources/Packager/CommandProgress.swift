internal import BundleModel

/// Turns the lines that a command prints into progress events, at most ten a second.
struct CommandProgress {
  private let events: @Sendable (PackagingEvent) -> Void
  private var last: ContinuousClock.Instant?
  private var held: PackagingEvent?
  private static let interval: Duration = .milliseconds(100)

  init(events: @escaping @Sendable (PackagingEvent) -> Void) { self.events = events }

  /// Tells the line, or keeps it until the next may be told.
  mutating func line(_ text: String, now: ContinuousClock.Instant = .now) {
    let event = CommandProgress.event(for: text)
    if let last, now - last < CommandProgress.interval {
      held = event
    } else {
      last = now
      held = nil
      events(event)
    }
  }

  /// Tells what was kept last.
  mutating func finish() {
    if let held { events(held) }
    held = nil
  }

  /// `progress 40% what is done` gives a fraction and "what is done"; any other line is a message.
  static func event(for line: String) -> PackagingEvent {
    let word = "progress"
    guard line.lowercased().hasPrefix(word) else { return .progress(message: line, fraction: nil) }
    let rest = line.dropFirst(word.count).drop { $0 == " " || $0 == ":" }
    guard let sign = rest.firstIndex(of: "%"), let percent = Double(rest[..<sign].trimmingBlanks()),
      (0...100).contains(percent)
    else { return .progress(message: line, fraction: nil) }
    return .progress(message: rest[rest.index(after: sign)...].nonBlank, fraction: percent / 100)
  }
}
