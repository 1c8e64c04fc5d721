internal import Glibc
internal import ProcessControl
internal import Synchronization

/// A long-lived child process: a server, a pod.
///
/// swift-subprocess ties a child to a closure, which suits a program that runs and ends, not a server that is
/// started in one place, restarted in another and killed by a test in a third. So this is a thin class on
/// posix_spawn(3).
package final class ManagedProcess: Sendable {
  /// What to run.
  package struct Command: Sendable {
    /// A path, or a name to be found on our PATH.
    package var executable: String
    /// Arguments without the program's name. Never a secret: everybody may read them.
    package var arguments: [String]
    /// The whole environment, nothing is inherited.
    package var environment: [String: String]
    /// Where it runs.
    package var workingDirectory: String
    /// Receives stdout and stderr, appended; nil discards them.
    package var logFile: String?
    /// How it is stopped when we die, by whatever cause; nil lets it live on.
    package var lifeline: StopPlan?

    /// A command with a lifeline, in the root directory, its output discarded.
    package init(
      _ executable: String, _ arguments: [String] = [], environment: [String: String],
      workingDirectory: String = "/", logFile: String? = nil, lifeline: StopPlan? = .terminate()
    ) {
      self.executable = executable
      self.arguments = arguments
      self.environment = environment
      self.workingDirectory = workingDirectory
      self.logFile = logFile
      self.lifeline = lifeline
    }
  }

  /// How a process ended.
  package enum Exit: Equatable, Sendable {
    /// It returned this status: 126 and 127 also when it could not be run at all.
    case exited(Int32)
    /// This signal ended it.
    case signalled(Int32)
  }

  private struct State {
    var exit: Exit?
    var lifeline: Int32
    var waiters: [AsyncStream<Never>.Continuation] = []
  }

  /// The process id, of the program itself and not of a wrapper.
  package let pid: Int32
  /// The process for certain, also after it has ended.
  let identity: ProcessIdentity?
  private let state: Mutex<State>

  private init(pid: Int32, lifeline: Int32) {
    self.pid = pid
    identity = ProcessIdentity(pid: pid)
    state = Mutex(State(lifeline: lifeline))
  }

  /// Starts a process in a session of its own, so that a key pressed in our terminal does not end it.
  package static func start(_ command: Command) throws(LocalStackError) -> ManagedProcess {
    let program = try Programs.locate(command.executable)
    let line = command.lifeline == nil ? nil : try Lifeline.open()
    let script = line == nil ? Lifeline.unguarded : Lifeline.guarded
    let words =
      ["/bin/sh", "-c", script, "sh", command.workingDirectory, command.lifeline?.shellWords ?? "", program]
      + command.arguments
    let pid: Int32
    do throws(LocalStackError) {
      pid = try Spawn.run(
        words, environment: command.environment, logFile: command.logFile, lifeline: line?.theirs,
        name: command.executable)
    } catch {
      if let line { closeBoth(line) }
      throw error
    }
    if let line { close(line.theirs) }
    let process = ManagedProcess(pid: pid, lifeline: line?.ours ?? -1)
    // Out of threads: somebody must still reap it, and late is better than never.
    if DetachedThread.start({ process.reap() }) != 0 { process.reap() }
    return process
  }

  /// How it ended, nil while it runs.
  package var exit: Exit? { state.withLock { $0.exit } }

  /// Whether it has not ended yet.
  package var isRunning: Bool { exit == nil }

  /// Sends a signal to this process only. False when it has ended already.
  @discardableResult
  package func kill(_ signal: Int32) -> Bool {
    // The pid is ours until it is reaped, and reaping takes the same lock.
    state.withLock { $0.exit == nil && Glibc.kill(pid, signal) == 0 }
  }

  /// Waits until it has ended; nil when the deadline passed, or the task was cancelled, before.
  package func waitForExit(within limit: Duration) async -> Exit? {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.ended() }
      group.addTask { try? await pause(for: limit) }
      await group.next()
      group.cancelAll()
    }
    return exit
  }

  /// Waits for its end, however long that takes; nil when the task was cancelled before.
  package func waitForExit() async -> Exit? {
    await ended()
    return exit
  }

  /// Asks it to end as the plan says and waits for that.
  @discardableResult
  package func stop(_ plan: StopPlan = .terminate()) async -> Exit? {
    for step in plan.steps {
      guard kill(step.signal) else { break }
      // A cancelled task must still stop what it started.
      let ended = Task { await self.waitForExit(within: step.patience) }
      if await ended.value != nil { break }
    }
    return exit
  }

  /// The same for exit handlers: blocks the thread.
  package func stopBlocking(_ plan: StopPlan) {
    for step in plan.steps {
      guard kill(step.signal) else { return }
      for _ in 0..<max(1, step.patience.nanoseconds / 5_000_000) where isRunning { blockThread(milliseconds: 5) }
      if !isRunning { return }
    }
  }

  private func ended() async {
    let (stream, continuation) = AsyncStream<Never>.makeStream()
    state.withLock {
      if $0.exit == nil { $0.waiters.append(continuation) } else { continuation.finish() }
    }
    for await _ in stream {}
  }

  /// Runs on a thread of its own until the process has ended.
  private func reap() {
    var info = siginfo_t()
    // WNOWAIT leaves the zombie, and thereby the pid, until the lock is held.
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    let waiters = state.withLock { state in
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
      let signal = status & 0x7F
      state.exit = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
      // The guard sees the end of the line, finds the process gone and leaves.
      if state.lifeline >= 0 { close(state.lifeline) }
      state.lifeline = -1
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.finish() }
  }

  private static func closeBoth(_ line: (ours: Int32, theirs: Int32)) {
    close(line.ours)
    close(line.theirs)
  }
}
