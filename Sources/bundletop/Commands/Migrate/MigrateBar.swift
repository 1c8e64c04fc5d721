internal import BundleModel
internal import Glibc
internal import LegacyMigration
internal import ProcessControl
internal import Synchronization
internal import Terminal

/// How far a step of the migration is, redrawn on stderr five times a second while a person watches; else not one
/// byte.
final class MigrateBar: Sendable {
  private struct State {
    var progress = MigrationProgress("starting")
    var phaseBegan = ContinuousClock.now
    var drawn = 0
  }

  private let state = Mutex(State())

  /// Nil when nobody would see it: stderr is no terminal, or the person wants quiet.
  init?(quiet: Bool) {
    guard !quiet, StandardStream.errors.isTerminal else { return nil }
  }

  /// Takes a note; drawn when it is time.
  func note(_ progress: MigrationProgress) {
    state.withLock { state in
      if progress.phase != state.progress.phase { state.phaseBegan = .now }
      state.progress = progress
    }
  }

  /// Shows a bar, if there is one, for as long as the work takes.
  static func show<Value>(_ bar: MigrateBar?, _ work: () async throws -> Value) async throws -> Value {
    guard let bar else { return try await work() }
    let drawing = Task {
      while !Task.isCancelled {
        bar.draw()
        try? await Task.sleep(for: .milliseconds(200))
      }
    }
    let result: Result<Value, any Error>
    do { result = .success(try await work()) } catch { result = .failure(error) }
    drawing.cancel()
    await drawing.value
    bar.clear()
    return try result.get()
  }

  private func draw() {
    let columns = MigrateBar.columns
    let text = state.withLock { state -> String in
      let line = MigrateLine.text(state.progress, lasted: .now - state.phaseBegan, columns: columns)
      let width = TextWidth.columns(of: line)
      defer { state.drawn = width }
      return line + String(repeating: " ", count: max(0, min(columns - 1, state.drawn) - width))
    }
    StandardStream.errors.write("\r" + text)
  }

  private func clear() {
    let width = state.withLock { $0.drawn }
    if width > 0 { StandardStream.errors.write("\r\(String(repeating: " ", count: width))\r") }
  }

  private static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

/// One line that says how far a step is, as wide as there is room.
enum MigrateLine {
  /// - Parameters:
  ///   - lasted: since the phase began.
  ///   - columns: of the terminal; one stays free, or some terminals would break the line.
  static func text(_ progress: MigrationProgress, lasted: Duration, columns: Int) -> String {
    let room = max(10, columns - 1)
    let seconds = lasted / .seconds(1)
    var facts: [String] = []
    if let total = progress.total, total > 0 {
      facts.append("\(min(100, progress.done * 100 / total)) %")
      facts.append("\(progress.done) of \(total)")
    } else {
      facts.append("\(progress.done)")
    }
    if let left = secondsLeft(progress, seconds) { facts.append("\(HumanText.age(.seconds(left))) left") }
    if progress.bytes > 0 {
      facts.append(HumanText.size(progress.bytes))
      if seconds >= 1 { facts.append("\(HumanText.size(Int64(Double(progress.bytes) / seconds)))/s") }
    }
    // Least important last: they go first where there is no room.
    while facts.count > 1, facts.joined(separator: "  ").utf8.count + progress.phase.utf8.count + 2 > room {
      facts.removeLast()
    }
    let right = facts.joined(separator: "  ")
    var line = "\(UntrustedText.line(progress.phase, limit: 40))  "
    let barRoom = room - TextWidth.columns(of: line) - right.utf8.count - 4
    if let total = progress.total, total > 0, barRoom >= 10 {
      let width = min(barRoom, 40)
      let filled = width * min(progress.done, total) / total
      line += "[\(String(repeating: "#", count: filled))\(String(repeating: "-", count: width - filled))]  "
    }
    return String((line + right).prefix(room))
  }

  /// Nil while there is too little to tell it from.
  private static func secondsLeft(_ progress: MigrationProgress, _ seconds: Double) -> Int64? {
    guard let total = progress.total, progress.done > 0, progress.done < total, seconds >= 1 else { return nil }
    return Int64((seconds * Double(total - progress.done) / Double(progress.done)).rounded(.up))
  }
}
