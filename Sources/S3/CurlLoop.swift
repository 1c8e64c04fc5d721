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

  /// Starts the thread. It ends when `stop` was called.
  func start() throws(TransportError) {
    guard ccurl_initialise() == 0, let handle = curl_multi_init() else {
      throw TransportError(kind: .unreachable, detail: "libcurl cannot be initialised")
    }
    _ = ccurl_multi_set_long(handle, CURLMOPT_PIPELINING, 0)
    _ = ccurl_multi_set_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, 32)
    _ = ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, 32)
    let multi = Multi(handle: handle)
    inbox.withLock { $0.multi = multi }
    let code = DetachedThread.start { [self] in
      var run = CurlRun(multi: multi.handle)
      while true {
        let work = inbox.withLock { inbox in
          defer {
            inbox.transfers.removeAll()
            inbox.timers.removeAll()
          }
          return (transfers: inbox.transfers.map(Handed.init), timers: inbox.timers, stop: inbox.isStopping)
        }
        run.take(transfers: work.transfers.map(\.transfer), timers: work.timers)
        if work.stop { break }
        run.step()
      }
      inbox.withLock { $0.multi = nil }
      run.shutDown()
    }
    guard code == 0 else {
      inbox.withLock { $0.multi = nil }
      curl_multi_cleanup(handle)
      throw TransportError(kind: .unreachable, detail: "no thread for transfers: \(systemReason(code))")
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
        ring()
      }
    } onCancel: {
      cancel.set()
      ring()
    }
  }

  /// Returns after `delay`, or at once when cancelled.
  func pause(_ delay: Duration) async {
    let cancel = CancelFlag()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let timer = Timer(due: .now + delay, cancel: cancel, continuation: continuation)
        inbox.withLock { $0.timers.append(timer) }
        ring()
      }
    } onCancel: {
      cancel.set()
      ring()
    }
  }

  private func ring() {
    inbox.withLock { inbox in
      if let multi = inbox.multi { curl_multi_wakeup(multi.handle) }
    }
  }
}

/// What the loop thread owns.
private struct CurlRun {
  let multi: UnsafeMutableRawPointer
  private var active: [UnsafeMutableRawPointer: Transfer] = [:]
  private var timers: [CurlLoop.Timer] = []
  private var spare: [UnsafeMutableRawPointer] = []

  init(multi: UnsafeMutableRawPointer) { self.multi = multi }

  mutating func take(transfers: [Transfer], timers new: [CurlLoop.Timer]) {
    timers += new
    for transfer in transfers { begin(transfer) }
  }

  /// Moves bytes, ends what has ended, then waits for something to happen.
  mutating func step() {
    for transfer in active.values where transfer.cancel.isSet {
      remove(transfer, .failure(TransportError(kind: .cancelled, detail: "cancelled")))
    }
    let due = timers.filter { $0.cancel.isSet || $0.due <= .now }
    timers.removeAll { $0.cancel.isSet || $0.due <= .now }
    for timer in due { timer.continuation.resume() }

    var running: CInt = 0
    _ = curl_multi_perform(multi, &running)
    var easy: UnsafeMutableRawPointer?
    var code = CURLE_OK
    while ccurl_next_finished(multi, &easy, &code) == 1 {
      guard let easy, let transfer = active[easy] else { continue }
      remove(transfer, TransferSettings.outcome(of: easy, code: code, limits: transfer.request.limits))
    }
    for transfer in active.values {
      guard let deadline = transfer.responseDeadline, deadline <= .now else { continue }
      let detail = "no answer within \(transfer.request.limits.response.inWords)"
      remove(transfer, .failure(TransportError(kind: .timeout, detail: detail)))
    }
    _ = curl_multi_poll(multi, nil, 0, waitMilliseconds(), nil)
  }

  /// Until the next timer or response deadline; libcurl shortens it by its own timers.
  private func waitMilliseconds() -> CInt {
    let deadlines = timers.map(\.due) + active.values.compactMap(\.responseDeadline)
    guard let next = deadlines.min() else { return active.isEmpty ? 3_600_000 : 1000 }
    let (seconds, attoseconds) = (next - .now).components
    return CInt(clamping: max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
  }

  private mutating func begin(_ transfer: Transfer) {
    do throws(TransportError) {
      guard !transfer.cancel.isSet else { throw TransportError(kind: .cancelled, detail: "cancelled") }
      try transfer.open()
      guard let easy = spare.popLast() ?? curl_easy_init() else {
        throw TransportError(kind: .connection, detail: "libcurl is out of memory")
      }
      transfer.easy = easy
      active[easy] = transfer
      guard TransferSettings.apply(transfer, to: easy), curl_multi_add_handle(multi, easy) == CURLM_OK else {
        throw TransportError(kind: .unreachable, detail: "libcurl refuses the request")
      }
    } catch {
      remove(transfer, .failure(error))
    }
  }

  private mutating func remove(_ transfer: Transfer, _ outcome: Result<Int, TransportError>) {
    transfer.end(outcome)
    guard let easy = transfer.easy else { return }
    curl_multi_remove_handle(multi, easy)
    active[easy] = nil
    curl_easy_reset(easy)
    curl_slist_free_all(transfer.headerList)
    transfer.easy = nil
    if spare.count < 16 { spare.append(easy) } else { curl_easy_cleanup(easy) }
  }

  mutating func shutDown() {
    for transfer in Array(active.values) {
      remove(transfer, .failure(TransportError(kind: .cancelled, detail: "the client was closed")))
    }
    for timer in timers { timer.continuation.resume() }
    for easy in spare { curl_easy_cleanup(easy) }
    curl_multi_cleanup(multi)
  }
}

extension Duration {
  /// `5 s` or `250 ms`.
  var inWords: String {
    let (seconds, attoseconds) = components
    return attoseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
  }

  /// Whole milliseconds, at least 1, as libcurl's options take them.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    return max(1, Int(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000))
  }
}
