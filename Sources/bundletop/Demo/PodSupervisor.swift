internal import LocalStack

/// Keeps one pod alive, as a cluster would: a pod that ends is started again after a while.
actor PodSupervisor {
  private static let restartAfter = Duration.seconds(10)

  private let command: ManagedProcess.Command
  private let restarts: Bool
  private var process: ManagedProcess?
  private var watching: Task<Void, Never>?
  /// How the first process ended, once it has.
  private(set) var firstExit: ManagedProcess.Exit?

  init(command: ManagedProcess.Command, restarts: Bool) {
    self.command = command
    self.restarts = restarts
  }

  /// Starts the pod.
  func start() throws(LocalStackError) {
    process = try ManagedProcess.start(command)
    watching = Task { await watch() }
  }

  private func watch() async {
    while let current = process {
      guard let exit = await current.waitForExit() else { return }
      firstExit = firstExit ?? exit
      guard restarts, (try? await pause(for: PodSupervisor.restartAfter)) != nil else { return }
      guard let next = try? ManagedProcess.start(command) else { return }
      process = next
    }
  }

  /// Ends the pod in good order, and does not start it again.
  func stop() async {
    watching?.cancel()
    await watching?.value
    _ = await process?.stop(.terminate(patience: .seconds(10)))
    process = nil
  }
}
