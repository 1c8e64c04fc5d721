internal import ArgumentParser
internal import BundleModel
internal import LocalStack
internal import Postgres
internal import ProcessControl

/// `bundletop demo`: everything at once, on this machine.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Start a private Postgres, an S3 server and pods, package the example bundles, and watch.",
    discussion: """
      On a terminal the dashboard opens, and everything is stopped when it is left. Without one, the demo waits until
      every job has ended, prints what became of them, and exits 0 if that is what was expected, else 1.
      """)

  @Option(help: "How many pods.") var pods = 2
  @Option(help: ArgumentHelp("The folder with the bundles. Default: `examples` here or above.", valueName: "dir"))
  var examplesRoot: String?
  @Flag(help: "Ask for no bundle.") var noEnqueue = false
  @Flag(help: "Leave a pod that died dead; otherwise it is started again after 10 s.") var noRestart = false
  @Flag(help: "No dashboard: print `ready` and stay until SIGTERM. Needs --state-dir.") var headless = false
  @Option(help: ArgumentHelp("Where --headless writes `env`, shell lines for other commands.", valueName: "dir"))
  var stateDir: String?

  func validate() throws {
    guard (1...26).contains(pods) else { throw ValidationError("--pods takes 1 to 26") }
    guard headless == (stateDir != nil) else {
      throw ValidationError("--headless and --state-dir belong together")
    }
  }

  func run() async throws {
    let signals = try TerminationSignals()
    let stack = DemoStack(
      pods: pods, examplesRoot: try ExamplesRoot.find(examplesRoot), restarts: !noRestart,
      environment: ThisProcess.environment())
    let work = Task { try await perform(stack, signals: signals) }
    let signal = Task {
      let number = await signals.first()
      work.cancel()
      return number
    }
    let outcome = await work.result
    signal.cancel()
    await stack.stop()
    if case .failure(let error) = outcome {
      // Whatever it stumbled over when it was told to stop, being told to stop is the reason.
      throw work.isCancelled ? CommandFailure(.failed, "interrupted before the demo was over") : error
    }
  }

  private func perform(_ stack: DemoStack, signals: TerminationSignals) async throws {
    let isInteractive = isInteractive() && !headless
    try await stack.start { writeLine($0, to: .errors) }
    if !noEnqueue { try await stack.enqueueAll() }
    if let stateDir {
      try DemoEnvironment.write(await stack.environment, into: stateDir)
      writeLine("ready")
      _ = await signals.first()
    } else if isInteractive {
      let environment = ThisProcess.environment().merging(await stack.environment) { $1 }
      let status = try await DashboardRunner.run(
        environment: environment, connection: try ConnectionSettings(environment: environment), isReadOnly: false)
      if status != 0 { throw ExitCode(status) }
    } else {
      try await stack.report(waiting: !noEnqueue)
    }
  }
}
