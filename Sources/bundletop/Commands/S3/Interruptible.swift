internal import ArgumentParser
internal import ProcessControl

/// Work that SIGINT, SIGTERM and SIGHUP cancel, so that it tidies up: temporary files go, uploads are aborted.
enum Interruptible {
  /// Runs the work.
  ///
  /// - Throws: what the work throws; when a signal ended it, the exit status 128 + its number, as shells have it.
  static func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let signals = try TerminationSignals()
    let task = Task { try await work() }
    let watch = Task {
      let number = await signals.first()
      task.cancel()
      return number
    }
    do {
      return try await task.value
    } catch {
      guard task.isCancelled else { throw error }
      let number = await watch.value
      writeLine("bundletop: interrupted", to: .errors)
      throw ExitCode(128 + number)
    }
  }
}
