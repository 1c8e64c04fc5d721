internal import Synchronization

/// The process of a local server, while there is one: started, awaited, stopped, and started again.
final class ServerProcess: Sendable {
  private let directory: StackDirectory
  /// Such as "the S3 server".
  private let name: String
  /// The same with what tells it from others of its kind.
  private let fullName: String
  private let logFile: String
  private let stopPlan: StopPlan
  private let current = Mutex<ManagedProcess?>(nil)

  init(directory: StackDirectory, name: String, fullName: String? = nil, logFile: String, stopPlan: StopPlan) {
    self.directory = directory
    self.name = name
    self.fullName = fullName ?? name
    self.logFile = logFile
    self.stopPlan = stopPlan
  }

  /// The process id; nil while it is stopped.
  var pid: Int32? { current.withLock { $0 }.flatMap { $0.isRunning ? $0.pid : nil } }

  /// Starts the server; returns when it is ready, else stops it again.
  func launch(
    _ command: ManagedProcess.Command, within limit: Duration,
    until isReady: (ManagedProcess) async throws -> Bool
  ) async throws(LocalStackError) {
    let logStart = size(of: logFile)
    let process = try ManagedProcess.start(command)
    current.withLock { $0 = process }
    try directory.record(process)
    do {
      let isDone = try await poll(within: limit) {
        if !process.isRunning { return true }
        return try await isReady(process)
      }
      if isDone && process.isRunning { return }
    } catch {
      await process.stop(stopPlan)
      throw LocalStackError(.timedOut, "the start of \(name) was cancelled")
    }
    let died = !process.isRunning
    await process.stop(stopPlan)
    throw LocalStackError(
      died ? .serverDied : .timedOut,
      "\(fullName) \(died ? "ended at its start" : "does not answer after \(limit)"): "
        + tail(ofLog: logFile, from: logStart))
  }

  /// Stops the server, as its own plan says or as another does; what it wrote stays.
  func stop(_ plan: StopPlan? = nil) async { await current.withLock { $0 }?.stop(plan ?? stopPlan) }

  /// The same for exit handlers: blocks the thread.
  func stopBlocking(_ plan: StopPlan) { current.withLock { $0 }?.stopBlocking(plan) }
}
