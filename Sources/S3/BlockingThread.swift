import Glibc

/// Runs work that blocks (disk, mostly) on a thread of its own, so that the cooperative pool, which has one thread
/// a core, never waits for it. A thread costs about 20 µs, far less than what it is used for.
package enum BlockingThread {
  /// Runs `work` and returns what it returns or throws. Not cancelled: what it does must end by itself.
  package static func run<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Value, Failure>, Never>) in
      start {
        do throws(Failure) {
          continuation.resume(returning: .success(try work()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }

  /// Like `run`, for work that looks at a flag now and then and ends early when it is set.
  package static func runCancellable<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable (CancelFlag) throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let cancel = CancelFlag()
    let result = await withTaskCancellationHandler {
      await run { () -> Result<Value, Failure> in
        do throws(Failure) {
          return .success(try work(cancel))
        } catch {
          return .failure(error)
        }
      }
    } onCancel: {
      cancel.set()
    }
    return try result.get()
  }

  /// Starts a detached thread that blocks every signal but those of its own faults, so that handlers run elsewhere.
  static func start(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Body(body))
    var everything = sigset_t()
    var before = sigset_t()
    sigfillset(&everything)
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { sigdelset(&everything, fault) }
    pthread_sigmask(SIG_SETMASK, &everything, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    precondition(code == 0, "cannot start a thread: \(String(cString: strerror(code)))")
  }

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
