internal import ProcessControl
import Synchronization

/// Runs file work on a thread of its own, and does not wait for ever: a file system that hangs (NFS without its
/// server) leaves its thread in the kernel, where nothing can end it.
enum FileThread {
  /// After a cancellation, how long work may tidy up before nobody waits for it.
  private static let grace = Duration.seconds(2)

  /// Runs `work`, which beats whenever it gets on, and returns what it returns.
  ///
  /// - Parameters:
  ///   - what: for the message: `reading /data/x`.
  ///   - patience: how long the work may go without a beat; noticed within twice that.
  /// - Throws: `.timeout`; the thread is abandoned then, and what it does later is told to nobody. `.cancelled` when
  ///   the task was cancelled and the work did not end by itself in good time.
  static func run<Value: Sendable>(
    _ what: String, patience: Duration,
    _ work: @escaping @Sendable (Heartbeat) throws(StorageError) -> Value
  ) async throws(StorageError) -> Value {
    let heart = Heartbeat()
    let answer = Answer<Value>()
    let code = DetachedThread.start {
      do throws(StorageError) {
        answer.give(.success(try work(heart)))
      } catch {
        answer.give(.failure(error))
      }
    }
    guard code == 0 else { throw StorageError(.file, "cannot start a thread: \(systemReason(code))") }
    let watch = Task {
      var seen = heart.count
      while (try? await Task.sleep(for: patience)) != nil {
        let count = heart.count
        if count == seen {
          answer.give(
            .failure(
              StorageError(.timeout, "\(what) got nowhere for \(patience.components.seconds) s: is the disk there?")
            ))
          return heart.stop()
        }
        seen = count
      }
    }
    defer { watch.cancel() }
    let result = await withTaskCancellationHandler {
      await answer.value()
    } onCancel: {
      heart.stop()
      Task {
        try? await Task.sleep(for: grace)
        answer.give(.failure(StorageError(.cancelled, "\(what) was cancelled")))
      }
    }
    return try result.get()
  }
}

/// Between file work and the one who waits for it.
final class Heartbeat: Sendable {
  private let beats = Atomic(0)
  private let isStopped = Atomic(false)

  fileprivate var count: Int { beats.load(ordering: .relaxed) }

  fileprivate func stop() { isStopped.store(true, ordering: .releasing) }

  /// Says that the work got on.
  ///
  /// - Throws: `.cancelled` when nobody waits any more.
  func beat(_ what: @autoclosure () -> String) throws(StorageError) {
    beats.add(1, ordering: .relaxed)
    guard !isStopped.load(ordering: .acquiring) else {
      throw StorageError(.cancelled, "\(what()) was cancelled")
    }
  }
}

/// The first result that is given; later ones are dropped.
private final class Answer<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Result<Value, StorageError>, Never>)
    case given(Result<Value, StorageError>)
    case over
  }

  private let state = Mutex(State.open)

  func give(_ result: Result<Value, StorageError>) {
    let waiting = state.withLock { state -> CheckedContinuation<Result<Value, StorageError>, Never>? in
      switch state {
      case .open: state = .given(result)
      case .awaited(let continuation):
        state = .over
        return continuation
      case .given, .over: break
      }
      return nil
    }
    waiting?.resume(returning: result)
  }

  func value() async -> Result<Value, StorageError> {
    await withCheckedContinuation { continuation in
      let known = state.withLock { state -> Result<Value, StorageError>? in
        if case .given(let result) = state {
          state = .over
          return result
        }
        state = .awaited(continuation)
        return nil
      }
      if let known { continuation.resume(returning: known) }
    }
  }
}
