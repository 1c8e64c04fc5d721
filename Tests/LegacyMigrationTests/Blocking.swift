import Glibc

/// For callbacks that may not suspend: only on threads that are no part of Swift's pool, or for a moment.
enum Blocking {
  /// Waits until a task has ended, whatever came of it.
  static func wait<Value: Sendable>(for task: Task<Value, any Error>) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return }
    let (reading, writing) = (ends[0], ends[1])
    Task {
      _ = await task.result
      close(writing)
    }
    var byte: UInt8 = 0
    while read(reading, &byte, 1) < 0 && errno == EINTR {}
    close(reading)
  }
}
