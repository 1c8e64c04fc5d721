/// Joins those who want the same thing read: whoever asks gets a reading that began after the question, and no two
/// readings run at once.
package actor SharedReading<Value: Sendable> {
  private typealias Reading = (number: Int, task: Task<Value, any Error>)

  /// The reading under way, and the one that follows it for those who came too late for it.
  private var current: Reading?
  private var next: Reading?
  private var readings = 0

  package init() {}

  /// What a reading gives that begins now or later.
  ///
  /// - Parameter read: the same for all who ask.
  package func value(_ read: @escaping @Sendable () async throws -> Value) async throws -> Value {
    if let next { return try await next.task.value }
    readings += 1
    let number = readings
    let before = current?.task
    let task = Task {
      _ = await before?.result
      return try await self.turn(number, read)
    }
    if before == nil { current = (number, task) } else { next = (number, task) }
    return try await task.value
  }

  /// One reading; whoever asks from now on gets the one after it.
  private func turn(_ number: Int, _ read: @Sendable () async throws -> Value) async throws -> Value {
    if next?.number == number {
      current = next
      next = nil
    }
    defer { if next == nil { current = nil } }
    return try await read()
  }
}
