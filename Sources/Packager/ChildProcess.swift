internal import BundleModel
internal import CSpawn
internal import Glibc
internal import ProcessControl

/// Runs one program, blocking the calling thread.
///
/// swift-subprocess stops its teardown as soon as the program itself has ended, so that a grandchild which ignores
/// SIGTERM lives on, and it reaps the program before anybody could signal its group safely. Here the whole group is
/// killed while its leader is still unreaped, whatever way the program ended.
enum ChildProcess {
  private enum End {
    case cancelled, late, overallDeadline, tooMuchOutput
    case overuse(String)
  }

  /// Runs it to its end and hands each line that it prints to `onLine`.
  ///
  /// Fails (class cancelled, timeout, bundle for too much output, pod when it cannot be started) after the whole
  /// process group is gone.
  static func run(
    _ command: Command, _ interruption: Interruption, onLine: (String) -> Void = { _ in }
  ) throws(PackagingError) -> CommandOutcome {
    try interruption.check()
    let process = try start(command)
    let (child, pipe) = (process.child, process.output)
    defer {
      close(pipe)
      close(process.lifeline)
    }
    var meter = UsageMeter(process: process, limits: command.confinement.usage)
    let ownDeadline = ContinuousClock.now + command.limit
    let deadline = min(ownDeadline, interruption.deadline)
    var output = CommandOutput(tailLimit: command.tailLimit)
    var end: End?
    var killAt: ContinuousClock.Instant?
    var isOpen = true

    while cspawn_has_ended(child) == 0 {
      let now = ContinuousClock.now
      if end == nil {
        if interruption.isCancelled {
          end = .cancelled
        } else if output.count > command.outputLimit {
          end = .tooMuchOutput
        } else if now >= deadline {
          end = ownDeadline <= interruption.deadline ? .late : .overallDeadline
        } else if let excess = meter.excess(now) {
          end = .overuse(excess)
        }
        if end != nil {
          cspawn_signal_group(child, SIGTERM)
          killAt = now + command.grace
          if case .overuse = end { killAt = now }
        }
      } else if let at = killAt, now >= at {
        cspawn_signal_group(child, SIGKILL)
        killAt = nil
      }
      wait(pipe: isOpen ? pipe : -1, wake: end == nil ? interruption.descriptor : -1)
      if isOpen { isOpen = drain(pipe, into: &output, upTo: 1 << 20, onLine) }
    }
    // Whoever is left of the group, also when the program ended well: nothing runs on in a workspace to be archived.
    cspawn_signal_group(child, SIGKILL)
    if isOpen { _ = drain(pipe, into: &output, upTo: 4 << 20, onLine) }
    if let last = output.finish() { onLine(last) }
    let code = reap(process)

    switch end {
    case nil:
      guard output.count <= command.outputLimit else { throw tooMuch(command, output) }
      if let excess = UsageMeter.excess(code: code, limits: command.confinement.usage) {
        throw PackagingError(.bundle, "\(command.name) \(excess)", tail: output.tail)
      }
      return CommandOutcome(code: code, tail: output.tail)
    case .cancelled: throw PackagingError(.cancelled, PackagingError.cancelled.message, tail: output.tail)
    case .late:
      throw PackagingError(
        .timeout, "\(command.name) did not finish within \(command.limit.inWords) and was stopped",
        tail: output.tail)
    case .overallDeadline:
      throw PackagingError(
        .timeout, "packaging took too long; \(command.name) was stopped at the overall deadline", tail: output.tail)
    case .tooMuchOutput: throw tooMuch(command, output)
    case .overuse(let excess):
      throw PackagingError(.bundle, "\(command.name) \(excess) and was stopped", tail: output.tail)
    }
  }

  /// Waits for the end of a program, then for everybody in its group. Returns as `cspawn_reap`.
  @discardableResult
  static func reap(_ process: cspawn_process) -> Int32 {
    let code = cspawn_reap(process.child)
    awaitGroup(process.child)
    return code
  }

  private static func tooMuch(_ command: Command, _ output: CommandOutput) -> PackagingError {
    PackagingError(
      .bundle, "\(command.name) printed more than \(command.outputLimit) bytes and was stopped", tail: output.tail)
  }

  /// Starts it; the caller reaps it and closes its descriptors.
  static func start(_ command: Command) throws(PackagingError) -> cspawn_process {
    let words = CStrings([command.executable] + command.arguments)
    let settings = CStrings(command.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
    let confinement = command.confinement
    let (readable, writable) = (CStrings(confinement.readable), CStrings(confinement.writable))
    let view = CStrings(confinement.view.map { [$0] } ?? [])
    let bounds = cspawn_confinement(
      sandbox: confinement.kind.map { $0 == .landlock ? CSPAWN_LANDLOCK : CSPAWN_NAMESPACES } ?? CSPAWN_OPEN,
      readable: readable.constant, writable: writable.constant, root: view.first,
      network: confinement.network ? 1 : 0, cpu_seconds: UInt64(confinement.usage.cpuSeconds),
      memory: UInt64(confinement.usage.memory), file_size: UInt64(confinement.usage.fileSize),
      descriptors: UInt64(confinement.usage.descriptors),
      // Threads count there; a node process has a dozen.
      processes: UInt64(confinement.usage.processes) * 16)
    var process = cspawn_process()
    var stage: UnsafePointer<CChar>?
    let code = withUnsafePointer(to: bounds) {
      cspawn_start(command.executable, words.list, settings.list, command.directory, $0, &process, &stage)
    }
    withExtendedLifetime((words, settings, readable, writable, view)) {}
    guard code == 0 else {
      let step = stage.map { String(cString: $0) } ?? "start"
      throw PackagingError(.pod, "cannot run \(command.executable) (\(step)): \(systemReason(code))")
    }
    return process
  }

  /// Waits for output or a cancellation, at most 50 ms: the program's own end makes no descriptor readable while a
  /// grandchild keeps the pipe open.
  private static func wait(pipe: Int32, wake: Int32) {
    var watched = [
      pollfd(fd: pipe, events: Int16(POLLIN), revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
    ]
    // Without the pipe, its end was seen: the program's own end is due at any moment.
    poll(&watched, 2, pipe < 0 ? 5 : 50)
  }

  /// Reads what is there, at most `limit` bytes; false once the pipe has ended.
  private static func drain(
    _ pipe: Int32, into output: inout CommandOutput, upTo limit: Int, _ onLine: (String) -> Void
  ) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var total = 0
    while total < limit {
      let count = read(pipe, &buffer, buffer.count)
      if count == 0 { return false }
      if count < 0 {
        if errno == EINTR { continue }
        return errno == EAGAIN
      }
      total += count
      let lines = buffer.withUnsafeBytes { output.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      for line in lines { onLine(line) }
    }
    return true
  }

  /// Killed processes take a moment to vanish, and until then may write into the workspace. At most two seconds.
  private static func awaitGroup(_ child: pid_t) {
    let until = ContinuousClock.now + .seconds(2)
    while cspawn_group_is_gone(child) == 0, ContinuousClock.now < until { poll(nil, 0, 2) }
  }
}
