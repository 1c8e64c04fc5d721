internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import Glibc
internal import ProcessControl

/// `bundletop events`: what happened, in the order that every pod tells it in.
struct EventsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Print what happened to bundles, oldest first.",
    discussion: """
      The events, their order and their ids are those of the pods' route /events: an id that was seen there can be
      continued here with --after, and the other way round.
      """)

  @Argument(help: "Only these bundles.") var slugs: [String] = []
  @Option(help: ArgumentHelp("How many of the newest to begin with, at most 10000.", valueName: "number"))
  var limit: Int = 50
  @Option(help: ArgumentHelp("Begin behind the event with this id instead.", valueName: "id")) var after: String?
  @Flag(help: "Go on with each event as it happens, until interrupted.") var follow = false
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print one JSON object a line: at, event, id, and data as the pods' /events has it.") var json = false

  func validate() throws {
    guard (0...10_000).contains(limit) else { throw ValidationError("--limit takes 0 to 10000") }
    guard after.map({ EventPosition($0) != nil }) ?? true else {
      throw ValidationError("--after takes the id of an event, such as 1234-56")
    }
  }

  func run() async throws {
    let session = try Session(database, readOnly: true)
    let wanted = try bundletop.slugs(slugs)
    let signals = try TerminationSignals()
    // A reader that goes away ends this program, as it ends any filter; it has nothing to tidy up.
    signal(SIGPIPE, SIG_DFL)
    let printer = EventPrinter(wanted: Set(wanted), json: json, publicURL: session.publicURL)
    try await session.run {
      var trail = EventTrail(store: session.store, printer: printer, cursor: try await begin(session.store, wanted))
      guard try await trail.catchUp() else {
        throw CommandFailure(.failed, "the events behind \(after ?? "the first one") are not known any more")
      }
      guard follow else { return }
      let following = Task { [trail] in await trail.follow() }
      _ = await signals.first()
      following.cancel()
      await following.value
    }
  }

  private func begin(_ store: BundleStore, _ wanted: [Slug]) async throws(StoreError) -> EventCursor {
    if let position = after.flatMap({ EventPosition($0) }) { return EventCursor(position: position, origin: nil) }
    return try await store.eventStart(back: limit, of: wanted)
  }
}
