internal import BundleModel
internal import Glibc

/// Runs blocking work on a thread made for it: the cooperative pool has no thread to spare.
enum OwnThread {
  /// Runs `work` and waits for it; a cancelled task interrupts it.
  ///
  /// - Parameter limit: how long all of it may take; only work that asks `Interruption.check` obeys.
  static func run<Value: Sendable>(
    within limit: Duration, _ work: @escaping @Sendable (Interruption) throws(PackagingError) -> Value
  ) async throws(PackagingError) -> Value {
    let interruption = try Interruption(within: limit)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, PackagingError>, Never>) in
        start {
          continuation.resume(
            returning: Result { () throws(PackagingError) in
              try interruption.check()
              return try work(interruption)
            })
        } orElse: { code in
          continuation.resume(returning: .failure(.system("cannot start", "a thread", errno: code)))
        }
      }
    } onCancel: {
      interruption.cancel()
    }
    return try result.get()
  }

  /// Runs short work that must happen even in a cancelled task; on the calling thread when none can be started.
  static func runUninterrupted(_ work: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      start {
        work()
        continuation.resume()
      } orElse: { _ in
        work()
        continuation.resume()
      }
    }
  }

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private static func start(_ run: @escaping @Sendable () -> Void, orElse fail: (Int32) -> Void) {
    let body = Unmanaged.passRetained(Body(run))
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
      return fail(code)
    }
    pthread_detach(thread)
  }
}
