import Synchronization

/// Adds up what the parts have sent.
final class PartProgress: Sendable {
  private let sent: Mutex<(parts: [Int64], sum: Int64)>
  private let report: ByteProgress?

  init(_ count: Int, _ report: ByteProgress?) {
    sent = Mutex(([Int64](repeating: 0, count: count), 0))
    self.report = report
  }

  /// Notes what a part has sent since its try began.
  ///
  /// - Parameter part: from 1.
  func take(_ bytes: Int64, part: Int) {
    guard let report else { return }
    let sum = sent.withLock { sent in
      sent.sum += bytes - sent.parts[part - 1]
      sent.parts[part - 1] = bytes
      return sent.sum
    }
    report(sum)
  }
}
