internal import Glibc

/// Threads of our own for calls that block: Swift's cooperative pool has one thread a core and must never wait.
package enum DetachedThread {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs a body on a new thread. Returns 0, or the errno of pthread_create(3); then the body never runs.
  ///
  /// - Parameter takesSignals: false: none but those of its own faults, so that handlers run elsewhere.
  package static func start(takesSignals: Bool = false, _ run: @escaping @Sendable () -> Void) -> Int32 {
    let body = Unmanaged.passRetained(Body(run))
    var blocked = sigset_t()
    var before = sigset_t()
    if takesSignals { sigemptyset(&blocked) } else { sigfillset(&blocked) }
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { sigdelset(&blocked, fault) }
    pthread_sigmask(SIG_BLOCK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    guard code == 0 else {
      body.release()
      return code
    }
    pthread_detach(thread)
    return 0
  }

  /// Runs a body that blocks and waits for what it returns or throws. Not cancelled: the body must end by itself.
  ///
  /// The thread is a new one or one whose work has ended; a body leaves nothing of its own on it.
  /// Where no thread can be started the body runs on the calling one: late is better than never.
  package static func value<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
      let run: @Sendable () -> Void = {
        do throws(Failure) {
          continuation.resume(returning: .success(try body()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
      guard !IdleThreads.take(run) else { return }
      if start({ IdleThreads.serve(run) }) != 0 { run() }
    }
    return try result.get()
  }
}
