internal import BundleModel
internal import ProcessControl

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
        let code = DetachedThread.start {
          continuation.resume(
            returning: Result { () throws(PackagingError) in
              try interruption.check()
              return try work(interruption)
            })
        }
        if code != 0 { continuation.resume(returning: .failure(.system("cannot start", "a thread", errno: code))) }
      }
    } onCancel: {
      interruption.cancel()
    }
    return try result.get()
  }
}
