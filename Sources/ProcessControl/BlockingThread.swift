/// Runs work that blocks (disk, mostly) on a thread of its own, so that the cooperative pool, which has one thread
/// a core, never waits for it. A thread costs about 20 µs, far less than what it is used for.
package enum BlockingThread {
  /// Runs `work`, which looks at a flag now and then and ends early when it is set, and returns what it returns.
  package static func runCancellable<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable (CancelFlag) throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let cancel = CancelFlag()
    let result = await withTaskCancellationHandler {
      await DetachedThread.value { () -> Result<Value, Failure> in
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
}
