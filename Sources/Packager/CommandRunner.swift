internal import BundleModel

/// Runs the programs that one packaging needs, in its workspace and within its limits.
struct CommandRunner {
  let toolchain: Toolchain
  let workspace: Workspace
  let limits: PackagingLimits
  let events: @Sendable (PackagingEvent) -> Void

  /// - Parameters:
  ///   - reading: what it may read beside the workspace and the system's programs.
  ///   - writing: what it may change beside the bundle's copy, its HOME and its TMPDIR.
  func command(
    name: String, _ executable: String, _ arguments: [String], limit: Duration, network: Bool = false,
    reading: [String] = [], writing: [String] = []
  ) -> Command {
    Command(
      name: name, executable: executable, arguments: arguments, directory: workspace.bundle,
      environment: CleanEnvironment.make(searchPath: toolchain.searchPath, workspace: workspace), limit: limit,
      grace: limits.grace, outputLimit: limits.output,
      confinement: workspace.confinement(
        in: toolchain.sandbox, reading: reading, writing: writing, network: network, usage: limits.usage))
  }

  /// Runs it and tells what it prints as progress; returns the end of that. Class bundle when it fails.
  func run(_ command: Command, _ interruption: Interruption) throws(PackagingError) -> String {
    var progress = CommandProgress(events: events)
    let outcome = try ChildProcess.run(command, interruption) { progress.line($0) }
    progress.finish()
    guard outcome.code == 0 else {
      let how =
        outcome.code > 128 ? "was ended by signal \(outcome.code - 128)" : "failed with exit code \(outcome.code)"
      throw PackagingError(
        .bundle, "\(command.name) \(how)" + (outcome.lastLine.map { ": \($0)" } ?? ""), tail: outcome.tail)
    }
    return outcome.tail
  }

  /// What a bundle brings along runs in a sandbox or not at all.
  func requireSandbox(_ what: String) throws(PackagingError) {
    guard toolchain.sandbox.kind == nil else { return }
    throw PackagingError(.pod, "\(what) cannot run on this pod: its system offers no sandbox")
  }
}
