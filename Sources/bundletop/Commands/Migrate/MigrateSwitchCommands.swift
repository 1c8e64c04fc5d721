internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import JSON
internal import LegacyMigration
internal import ProcessControl

/// `bundletop migrate cutover`: pods read the database.
struct MigrateCutoverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cutover", abstract: "Let all pods read from the database.",
    discussion: """
      Pods in mode dual follow within one poll, and go on writing to both sides, so that the way back is open.
      Refuses, with each reason, while a live pod is not in mode dual or database, a known directory was not verified
      since its last run, verify has differences, or it put files into quarantine and nobody accepts that.
      Exit codes: 0 done, or done before; 77 refused.
      """)

  @Flag(help: "What could not be taken may stay behind.") var acceptQuarantine = false
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON object.") var json = false

  func run() async throws {
    try await MigrateSwitch.take(.cutover, database, json: json, acceptsQuarantine: acceptQuarantine)
  }
}

/// `bundletop migrate cutback`: pods read their directories.
struct MigrateCutbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cutback", abstract: "Let all pods read from their directories again.",
    discussion: """
      The way back while pods are in mode dual: their directories followed all along. Refuses, with each reason, while a
      live pod is in mode database or its directory is not in step, and, when a pod ran in mode database since reads
      were switched, until `bundletop migrate export` has refilled the directories.
      Exit codes: 0 done, or done before; 77 refused.
      """)

  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON object.") var json = false

  func run() async throws { try await MigrateSwitch.take(.cutback, database, json: json) }
}

private enum MigrateSwitch {
  static func take(
    _ change: ReadSwitch, _ database: DatabaseOptions, json: Bool, acceptsQuarantine: Bool = false
  ) async throws {
    let session = try Session(database)
    try await session.run {
      let answer = try await Rollout(store: session.store, who: session.who)
        .take(change, acceptsQuarantine: acceptsQuarantine)
      if json { try write(answer, change) }
      guard answer.refusals.isEmpty else {
        if json { throw CommandFailure(.denied, nil) }
        for reason in answer.refusals.dropLast() { writeLine("bundletop: \(reason)", to: .errors) }
        throw CommandFailure(.denied, answer.refusals.last)
      }
      guard !json else { return }
      writeLine(
        answer.hasChanged
          ? "all pods read from the \(change.side.rawValue) now"
          : "they read from the \(change.side.rawValue) already")
    }
  }

  private static func write(_ answer: SwitchAnswer, _ change: ReadSwitch) throws(CommandFailure) {
    var json = JSONWriter(.indented)
    json.object { json in
      let word = answer.refusals.isEmpty ? answer.hasChanged ? "switched" : "unchanged" : "refused"
      WireMigration.text("outcome", word, &json)
      WireMigration.text("reads", answer.refusals.isEmpty ? change.side.rawValue : nil, &json)
      json.name("reasons")
      json.array { json in for reason in answer.refusals { json.string(reason) } }
    }
    let output = BufferedOutput()
    try output.line(json.text)
    try output.flush()
  }
}
