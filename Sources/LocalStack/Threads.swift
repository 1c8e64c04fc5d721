internal import Glibc

/// Runs a body on a thread of its own, so that a call that blocks never holds up Swift's cooperative pool.
func detachThread(_ body: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body))
  var thread = pthread_t()
  let result = pthread_create(
    &thread, nil,
    { raw in
      guard let raw else { return nil }
      Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body()
      return nil
    }, box.toOpaque())
  if result == 0 {
    pthread_detach(thread)
  } else {
    // Out of threads: the body must still run once, and late is better than never.
    box.takeRetainedValue().body()
  }
}

/// The result of blocking work that ran on a thread of its own.
func offPool<Value: Sendable>(
  _ body: @escaping @Sendable () throws(LocalStackError) -> Value
) async throws(LocalStackError) -> Value {
  let result: Result<Value, LocalStackError> = await withCheckedContinuation { continuation in
    detachThread {
      do throws(LocalStackError) {
        continuation.resume(returning: .success(try body()))
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
  }
  return try result.get()
}

/// Blocks the calling thread: only for exit handlers, where nothing asynchronous runs any more.
func blockThread(milliseconds: Int32) {
  _ = Glibc.poll(nil, 0, milliseconds)
}
