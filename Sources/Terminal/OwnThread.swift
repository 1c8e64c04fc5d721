import Glibc

/// Threads of our own for calls that block: Swift's pool has one thread a core and must never wait.
enum OwnThread {
  /// Runs a body on a new detached thread. Fails with the `errno` of pthread_create.
  static func start(_ body: @escaping @Sendable () -> Void) throws(TerminalError) {
    let box = Unmanaged.passRetained(Body(run: body))
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      {
        Unmanaged<Body>.fromOpaque($0!).takeRetainedValue().run()
        return nil
      },
      box.toOpaque())
    guard failure == 0 else {
      box.release()
      throw .system(failure)
    }
    pthread_detach(thread)
  }

  /// Runs a body that blocks and waits for its value.
  static func value<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws(TerminalError) -> Value {
    let result: Result<Value, TerminalError> = await withCheckedContinuation { continuation in
      do throws(TerminalError) {
        try start { continuation.resume(returning: .success(body())) }
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try result.get()
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
