internal import CPostgres
internal import Glibc
internal import Synchronization

/// The executor of connections: one thread that runs their jobs and polls their sockets.
///
/// Every libpq call is made on this thread, so none blocks Swift's cooperative pool, and several connections may
/// share one loop; there is one, which lives as long as the process.
final class EventLoop: SerialExecutor {
  /// The loop of the process.
  static let shared = EventLoop()

  let state = Mutex(LoopState())
  let waiterIDs = Atomic<UInt64>(1)
  private let wakeUp: Int32

  /// Starts a loop with its own thread, which never ends.
  private init() {
    wakeUp = cpostgres_eventfd()
    precondition(wakeUp >= 0, "no file descriptor left for the event loop: raise the limit of open files")
    let context = Unmanaged.passRetained(self).toOpaque()
    let started = cpostgres_start_thread(
      { context in Unmanaged<EventLoop>.fromOpaque(context!).takeUnretainedValue().run() }, context, "postgres", 0)
    precondition(started, "no thread left for the event loop: raise the limit of processes")
  }

  /// True on the loop's own thread.
  var isCurrent: Bool {
    cpostgres_current_loop() == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    interruptIfAsleep { $0.jobs.append(job) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  func checkIsolated() { precondition(isCurrent, "not on the thread of the event loop") }

  /// Changes the state, and ends the poll under way so that the thread sees the change.
  func interruptIfAsleep(_ change: (inout LoopState) -> Void) {
    let wake = state.withLock { state in
      change(&state)
      let wasAsleep = state.isAsleep
      state.isAsleep = false
      return wasAsleep
    }
    if wake { cpostgres_eventfd_signal(wakeUp) }
  }

  // MARK: - The thread

  private func run() {
    cpostgres_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
    let executor = asUnownedSerialExecutor()
    var jobs: [UnownedJob] = []
    var polled = PollSet(wakeUp: wakeUp)
    while true {
      jobs.removeAll(keepingCapacity: true)
      state.withLock { swap(&jobs, &$0.jobs) }
      for job in jobs { job.runSynchronously(on: executor) }
      for (waiter, outcome) in pollOnce(&polled) { waiter.continuation.resume(returning: outcome) }
    }
  }

  /// Sleeps until a job, a socket, a wake-up or the next deadline, and takes out the waiters that are due.
  private func pollOnce(_ polled: inout PollSet) -> [(LoopState.Waiter, WaitOutcome)] {
    let timeout = state.withLock { state -> Int32 in
      polled.update(from: &state)
      guard state.jobs.isEmpty else { return 0 }
      state.isAsleep = true
      return state.millisecondsToDeadline()
    }
    let count = poll(&polled.descriptors, nfds_t(polled.descriptors.count), timeout)
    let interrupted = count > 0 && polled.descriptors[0].revents != 0
    if interrupted { cpostgres_eventfd_clear(wakeUp) }
    return state.withLock { state in
      state.isAsleep = false
      return count > 0 ? polled.takeReady(from: &state) + state.takeExpired() : state.takeExpired()
    }
  }
}

/// The array for poll(2), rebuilt only when the watched sockets changed.
private struct PollSet {
  var descriptors: [pollfd]
  private var waiters: [UInt64] = []
  private var version = -1

  init(wakeUp: Int32) { descriptors = [pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)] }

  mutating func update(from state: inout LoopState) {
    guard version != state.version else { return }
    version = state.version
    descriptors.removeLast(descriptors.count - 1)
    waiters = state.watched
    for id in waiters {
      let waiter = state.waiters[id]
      descriptors.append(pollfd(fd: waiter?.descriptor ?? -1, events: waiter?.events ?? 0, revents: 0))
    }
  }

  /// The waiters of sockets that are readable, writable or broken; one that left meanwhile is passed over.
  func takeReady(from state: inout LoopState) -> [(LoopState.Waiter, WaitOutcome)] {
    var ready: [(LoopState.Waiter, WaitOutcome)] = []
    for (index, id) in waiters.enumerated() where descriptors[index + 1].revents != 0 {
      if let waiter = state.remove(id) { ready.append((waiter, .ready)) }
    }
    return ready
  }
}
