internal import CCurl
internal import ProcessControl

/// What the loop thread owns: transfers on their way, those that wait for their turn, and timers.
struct CurlRun {
  /// Transfers at a time, each on a connection of its own; more wait here, where neither a connection's deadline
  /// nor a file is open yet.
  static let maxActive = 32

  private let multi: UnsafeMutableRawPointer
  private let door: NetworkDoor
  private var active: [UnsafeMutableRawPointer: Transfer] = [:]
  private var waiting: [Transfer] = []
  /// Those of `waiting` before it have begun.
  private var nextWaiting = 0
  private var timers: [CurlLoop.Timer] = []
  private var spare: [UnsafeMutableRawPointer] = []

  init(multi: UnsafeMutableRawPointer, door: NetworkDoor) {
    self.multi = multi
    self.door = door
  }

  mutating func take(transfers: [Transfer], timers new: [CurlLoop.Timer]) {
    timers += new
    waiting += transfers
  }

  /// Ends what nobody waits for any more.
  mutating func endCancelled() {
    for transfer in Array(active.values) where transfer.cancel.isSet { remove(transfer, Self.cancelled) }
    // Each is asked once: one that is cancelled between two questions would be dropped and never end.
    waiting = waiting[nextWaiting...].filter { transfer in
      guard transfer.cancel.isSet else { return true }
      transfer.end(Self.cancelled)
      return false
    }
    nextWaiting = 0
    resumeTimers { $0.cancel.isSet }
  }

  /// Moves bytes, ends what has ended, begins what may begin, then waits for something to happen.
  mutating func step() {
    var running: CInt = 0
    _ = curl_multi_perform(multi, &running)
    var easy: UnsafeMutableRawPointer?
    var code = CURLE_OK
    while ccurl_next_finished(multi, &easy, &code) == 1 {
      guard let easy, let transfer = active[easy] else { continue }
      remove(transfer, TransferOutcome.of(easy, code: code, limits: transfer.request.limits))
    }
    let now = ContinuousClock.now
    for transfer in Array(active.values) where transfer.deadline <= now {
      remove(transfer, .failure(transfer.deadlineError))
    }
    resumeTimers { $0.due <= now }
    beginWaiting()
    _ = curl_multi_poll(multi, nil, 0, waitMilliseconds(since: now), nil)
  }

  /// Until the next timer or deadline; libcurl shortens it by its own timers.
  private func waitMilliseconds(since now: ContinuousClock.Instant) -> CInt {
    var next = now + .seconds(3600)
    for timer in timers { next = min(next, timer.due) }
    for transfer in active.values { next = min(next, transfer.deadline) }
    let (seconds, attoseconds) = (next - now).components
    return CInt(clamping: max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
  }

  private mutating func resumeTimers(where isDue: (CurlLoop.Timer) -> Bool) {
    guard timers.contains(where: isDue) else { return }
    // Asked once, as above.
    timers = timers.filter { timer in
      guard isDue(timer) else { return true }
      timer.continuation.resume()
      return false
    }
  }

  private mutating func beginWaiting() {
    while active.count < Self.maxActive, nextWaiting < waiting.count {
      begin(waiting[nextWaiting])
      nextWaiting += 1
    }
    // In lumps, because what stays moves up.
    guard nextWaiting == waiting.count || nextWaiting >= 64 else { return }
    waiting.removeFirst(nextWaiting)
    nextWaiting = 0
  }

  private mutating func begin(_ transfer: Transfer) {
    do throws(TransportError) {
      guard !transfer.cancel.isSet else { throw .cancelled }
      try transfer.open()
      guard let easy = spare.popLast() ?? curl_easy_init() else {
        throw TransportError(.connection, "libcurl is out of memory")
      }
      transfer.easy = easy
      active[easy] = transfer
      guard TransferSettings.apply(transfer, to: easy, door: door),
        curl_multi_add_handle(multi, easy) == CURLM_OK
      else { throw TransportError(.unreachable, "libcurl refuses the request") }
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
    if spare.count < Self.maxActive { spare.append(easy) } else { curl_easy_cleanup(easy) }
  }

  mutating func shutDown() {
    for transfer in Array(active.values) { remove(transfer, Self.closed) }
    for transfer in waiting[nextWaiting...] { transfer.end(Self.closed) }
    for timer in timers { timer.continuation.resume() }
    for easy in spare { curl_easy_cleanup(easy) }
    curl_multi_cleanup(multi)
  }

  private static let cancelled = Result<Int, TransportError>.failure(.cancelled)
  private static let closed = Result<Int, TransportError>.failure(
    TransportError(.cancelled, "the client was closed"))
}
