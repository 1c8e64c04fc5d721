internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import Glibc
internal import ProcessControl

/// `bundletop watch`: one line a change, for eyes, pipes and screen readers.
struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Print each change as it happens, one line each, until interrupted.")

  @Argument(help: "Only these bundles.") var slugs: [String] = []
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print one JSON object a line.") var json = false

  func run() async throws {
    let session = try Session(database, readOnly: true)
    let wanted = Set(try bundletop.slugs(slugs))
    let printer = ChangePrinter(wanted: wanted, json: json, publicURL: session.publicURL)
    let signals = try TerminationSignals()
    // A reader that goes away ends this program, as it ends any filter; it has nothing to tidy up.
    signal(SIGPIPE, SIG_DFL)
    try await session.run {
      // Fails at once, and clearly, where following would try again for ever.
      _ = try await session.store.statuses(of: [])
      let following = Task { await session.store.follow { printer.take($0) } }
      _ = await signals.first()
      following.cancel()
      await following.value
    }
  }
}
