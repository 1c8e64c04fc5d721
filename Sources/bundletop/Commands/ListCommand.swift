internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import JSON
internal import ProcessControl
internal import Wire

/// `bundletop list`: every bundle, once.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Print every bundle's status.")

  @OptionGroup var database: DatabaseOptions
  @Flag(
    help: "Print a JSON array: AppHub's fields, and attempt, pod, bytesDone, bytesTotal, verification, verifiedAt.")
  var json = false

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let statuses = try await session.store.statuses().sorted { $0.slug < $1.slug }
      if json {
        writeLine(WireStatus.array(statuses, publicURL: session.publicURL, layout: .indented).text)
      } else {
        writeLine(StatusTable.text(statuses, now: ThisProcess.now()))
      }
    }
  }
}
