internal import ArgumentParser
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Dashboard
internal import ProcessControl
internal import Terminal

/// `bundletop dashboard`, and `bundletop` alone: the dashboard.
struct DashboardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard", abstract: "Open the dashboard (the default without a command).")

  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Offer nothing that changes the world.") var readOnly = false

  func run() async throws {
    guard isInteractive() else {
      throw CommandFailure(
        .usage, "the dashboard needs a terminal; try `bundletop list`, `bundletop watch` or `bundletop --help`")
    }
    let environment = ThisProcess.environment()
    let connection = try database.settings(environment, readOnly: readOnly)
    let status = try await DashboardRunner.run(
      environment: environment, connection: connection, isReadOnly: readOnly)
    if status != 0 { throw ExitCode(status) }
  }
}
