internal import CCurl
import Glibc
internal import ProcessControl
import Synchronization

/// One libcurl multi handle on one thread, which alone calls libcurl; others leave work in a locked inbox and ring.
///
/// Connections stay open between requests. Timers live here too, so that a pause between tries is cancelled by the
/// same means as a transfer.
final class CurlLoop: Sendable {
  private struct Inbox {
    var transfers: [Transfer] = []
    var timers: [Timer] = []
    var isStopping = false
    /// Some transfer or timer was cancelled since the loop looked last.
    var hasCancelled = false
    /// Nil before the thread runs and after it ended: then there is nobody to ring.
    var multi: Multi?
  }

  struct Timer {
    var due: ContinuousClock.Instant
    var cancel: CancelFlag
    var continuation: CheckedContinuation<Void, Never>
  }

  /// `curl_multi_wakeup` may be called from any thread; all else stays on the loop's.
  private struct Multi: @unchecked Sendable {  // the one call made elsewhere is documented as thread-safe
    var handle: UnsafeMutableRawPointer
  }

  private let inbox = Mutex(Inbox())
  private let door: NetworkDoor

  init(door: NetworkDoor) { self.door = door }

  /// Starts the thread. It ends when `stop` was called.
  func start() throws(TransportError) {
    guard ccurl_initialise() == 0, let handle = curl_multi_init() else {
      throw TransportError(.unreachable, "libcurl cannot be initialised")
    }
    _ = ccurl_multi_set_long(handle, CURLMOPT_PIPELINING, 0)
    _ = ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, CurlRun.maxActive)
    let multi = Multi(handle: handle)
    inbox.withLock { $0.multi = multi }
    let code = DetachedThread.start { [self] in
      var run = CurlRun(multi: multi.handle, door: door)
      while true {
        let work = inbox.withLock { inbox in
          defer {
            inbox.transfers.removeAll()
            inbox.timers.removeAll()
            inbox.hasCancelled = false
          }
          return (
            transfers: inbox.transfers.map(Handed.init), timers: inbox.timers, stop: inbox.isStopping,
            hasCancelled: inbox.hasCancelled
          )
        }
        run.take(transfers: work.transfers.map(\.transfer), timers: work.timers)
        if work.hasCancelled { run.endCancelled() }
        if work.stop { break }
        run.step()
      }
      inbox.withLock { $0.multi = nil }
      run.shutDown()
    }
    guard code == 0 else {
      inbox.withLock { $0.multi = nil }
      curl_multi_cleanup(handle)
      throw TransportError(.unreachable, "no thread for transfers: \(systemReason(code))")
    }
  }

  /// A transfer that goes from the caller to the loop thread and is not touched by the caller again.
  private struct Handed: @unchecked Sendable {  // ownership moves, see above
    let transfer: Transfer
  }

  func stop() {
    inbox.withLock { $0.isStopping = true }
    ring()
  }

  /// Runs a transfer to its end. A cancelled one ends at once.
  func send(_ request: HTTPRequest) async -> Result<HTTPResponse, TransportError> {
    let cancel = CancelFlag()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let handed = Handed(transfer: Transfer(request, cancel: cancel, continuation: continuation))
        inbox.withLock { $0.transfers.append(handed.transfer) }
        // A cancellation may have rung before the transfer was there to be ended.
        ring(hasCancelled: cancel.isSet)
      }
    } onCancel: {
      cancel.set()
      ring(hasCancelled: true)
    }
  }

  /// Returns after `delay`, or at once when cancelled.
  func pause(_ delay: Duration) async {
    let cancel = CancelFlag()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let timer = Timer(due: .now + delay, cancel: cancel, continuation: continuation)
        inbox.withLock { $0.timers.append(timer) }
        // A cancellation may have rung before the timer was there to be ended.
        ring(hasCancelled: cancel.isSet)
      }
    } onCancel: {
      cancel.set()
      ring(hasCancelled: true)
    }
  }

  private func ring(hasCancelled: Bool = false) {
    inbox.withLock { inbox in
      if hasCancelled { inbox.hasCancelled = true }
      if let multi = inbox.multi { curl_multi_wakeup(multi.handle) }
    }
  }
}
