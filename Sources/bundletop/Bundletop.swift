internal import ArgumentParser
internal import BundleModel
internal import Glibc
internal import ProcessControl

/// The operator's tool. Without arguments, on a terminal: the dashboard.
@main
struct Bundletop: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundletop",
    abstract: "Watch and steer example bundles on all catalog pods.",
    discussion: """
      Without a command, on a terminal, the dashboard opens. Everything that it can do has a scriptable twin below.

      DATABASE_URL (or libpq's PG* variables) names the database, APPHUB_BUNDLE_STORAGE_* the object store.
      Exit codes: 0 done; 1 failed; 2 done partly, or with findings; 64 usage; 69 unavailable; 77 denied.
      """,
    version: "bundletop \(BuildInfo.text)",
    subcommands: [
      DashboardCommand.self, ListCommand.self, ShowCommand.self, WatchCommand.self, EventsCommand.self,
      PodsCommand.self,
      PackageCommand.self, RetryCommand.self, CancelCommand.self, PauseCommand.self, ResumeCommand.self,
      OperationsCommand.self, SignCommand.self, VerifyCommand.self, GarbageCommand.self, SchemaCommand.self,
      MigrateCommand.self, S3Command.self, DoctorCommand.self, DemoCommand.self,
    ],
    defaultSubcommand: DashboardCommand.self)

  static func main() async {
    let status = await run(arguments: Array(CommandLine.arguments.dropFirst()))
    fflush(nil)
    Glibc.exit(status)
  }

  /// Runs one command and returns the exit status.
  private static func run(arguments: [String]) async -> Int32 {
    do {
      var command = try parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return 0
    } catch {
      return report(error)
    }
  }

  /// One error is one line on stderr; help and version are no errors and go to stdout.
  private static func report(_ error: any Error) -> Int32 {
    if let failure = CommandFailure(explaining: error) {
      if let message = failure.message { writeLine("bundletop: \(message)", to: .errors) }
      return failure.status.rawValue
    }
    let code = exitCode(for: error)
    if code == .success {
      writeLine(fullMessage(for: error))
    } else if let message = message(for: error).nonBlank {
      // The usage, which the parser would add, is what --help is for.
      writeLine("bundletop: \(UntrustedText.line(message)) (see bundletop --help)", to: .errors)
    }
    return code.rawValue
  }
}
