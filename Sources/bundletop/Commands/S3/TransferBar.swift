internal import BundleModel
internal import Glibc
internal import ProcessControl
internal import Synchronization
internal import Terminal

/// How far transfers are, redrawn on stderr ten times a second while a person watches; else not one byte.
final class TransferBar: Sendable {
  private struct State {
    var label: String
    var total: Int64?
    var moved: [Int: Int64] = [:]
    var finished: Int64 = 0
    var rate = 0.0
    var last: (moment: ContinuousClock.Instant, bytes: Int64)
    var drawn = 0

    var bytes: Int64 { moved.values.reduce(finished, +) }
  }

  private let state: Mutex<State>

  /// Nil when nobody would see it: stderr is no terminal, or the person wants quiet.
  init?(_ label: String, total: Int64?, quiet: Bool) {
    guard !quiet, StandardStream.errors.isTerminal else { return nil }
    state = Mutex(State(label: label, total: total, last: (.now, 0)))
  }

  /// Says how much it will be, once that is known.
  func expect(_ total: Int64) { state.withLock { $0.total = total } }

  /// Shows a bar, if there is one, for as long as the work takes.
  static func show<Value>(_ bar: TransferBar?, _ work: () async throws -> Value) async throws -> Value {
    guard let bar else { return try await work() }
    let drawing = Task {
      while !Task.isCancelled {
        bar.draw()
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    let result: Result<Value, any Error>
    do { result = .success(try await work()) } catch { result = .failure(error) }
    drawing.cancel()
    await drawing.value
    bar.clear()
    return try result.get()
  }

  /// What one of several transfers reports to. Called on the transport's thread, so it only takes a note.
  func progress(of transfer: Int) -> @Sendable (_ bytes: Int64) -> Void {
    { [self] bytes in state.withLock { $0.moved[transfer] = bytes } }
  }

  /// A transfer has ended; its bytes count for good if it succeeded.
  func finish(_ transfer: Int, bytes: Int64?) {
    state.withLock { state in
      let moved = state.moved.removeValue(forKey: transfer) ?? 0
      state.finished += bytes ?? moved
    }
  }

  private func draw() {
    let columns = TransferBar.columns
    let text = state.withLock { state -> String in
      let now = ContinuousClock.now
      let bytes = state.bytes
      let seconds = (now - state.last.moment) / .seconds(1)
      if seconds > 0.05 {
        let current = max(0, Double(bytes - state.last.bytes) / seconds)
        // Smoothed over about three seconds: numbers that jump cannot be read.
        let weight = state.rate == 0 ? 1 : min(1, seconds / 3)
        state.rate += (current - state.rate) * weight
        state.last = (now, bytes)
      }
      let line = TransferLine.text(
        label: state.label, done: bytes, total: state.total, rate: state.rate, columns: columns)
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
