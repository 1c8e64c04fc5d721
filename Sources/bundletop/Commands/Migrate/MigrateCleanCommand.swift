internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import JSON
internal import LegacyMigration
internal import LegacyStore
internal import ProcessControl

/// `bundletop migrate clean`: the last step.
struct MigrateCleanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "Remove from a directory what verify proved, and nothing else.",
    discussion: """
      Each file is read and hashed again: it goes when path, size, time and SHA-256 are what `migrate verify` proved and
      the database still has what proved it. Everything else stays, and is listed; folders that are empty then go.
      Without --apply it only says what it would do. Refuses while pods read from directories or write to this one, and
      while verify has differences.
      Exit codes: 0 done; 2 something was kept; 77 refused.
      """)

  @OptionGroup var options: MigrateOptions
  @Flag(help: "Do it.") var apply = false
  @Flag(help: "Do it without asking.") var yes = false

  func validate() throws {
    if yes, !apply { throw ValidationError("--yes belongs to --apply") }
  }

  func run() async throws {
    if apply, !yes, !Confirmation.isPossible {
      throw CommandFailure(.usage, "clean --apply needs --yes; without --apply it only says what it would do")
    }
    let session = try Session(options.database)
    let reports = try await session.run {
      let sources = try await options.sources(session.environment)
      let store = session.store
      let cleaner = DirectoryCleaner(store: store, who: session.who, host: ThisProcess.hostName())
      if apply, !yes {
        let found = try await pass(sources, cleaner, store, session.who, apply: false)
        writeLine(CleanText.text(found), to: .errors)
        let files = found.reduce(0) { $0 + $1.removed }
        if files > 0 { try Confirmation.ask("Remove \(files) files") }
      }
      return try await pass(sources, cleaner, store, session.who, apply: apply)
    }
    if options.json { try CleanText.write(reports) } else { writeLine(CleanText.text(reports)) }
    guard reports.allSatisfy(\.kept.isEmpty) else { throw CommandFailure(.partly, nil) }
  }

  private func pass(
    _ sources: [MigrationSource], _ cleaner: DirectoryCleaner, _ store: BundleStore, _ who: String, apply: Bool
  ) async throws -> [CleanReport] {
    try await options.showingProgress { observer in
      try await store.migrating(by: who, place: MigrateOptions.place) {
        var reports: [CleanReport] = []
        for source in sources {
          guard source.hasID else {
            throw MigrationError(
              .refused, "\(source.directory.path) was never verified: run `bundletop migrate verify` first")
          }
          reports.append(try await cleaner.clean(source, apply: apply, observer: observer))
        }
        return reports
      }
    }
  }
}

/// What was removed, and what was kept.
enum CleanText {
  /// For people.
  static func text(_ reports: [CleanReport], most: Int = FindingTable.most) -> String {
    reports.map { report in
      let verb = report.isApplied ? "removed" : "to remove"
      var lines = report.kept.prefix(most).map { "  kept \(UntrustedText.line($0.path, limit: 500)): \($0.reason)" }
      if report.kept.count > most { lines.append("  … \(report.kept.count - most) more: --json lists all") }
      lines.append(
        "\(report.source): \(report.statuses) status files and \(report.archives) archives \(verb) "
          + "(\(HumanText.size(report.bytes))), \(report.kept.count) kept"
          + (report.isApplied ? "" : "; nothing was done without --apply"))
      return lines.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// For scripts: an array, one object a directory.
  static func write(_ reports: [CleanReport]) throws(CommandFailure) {
    var json = JSONWriter(.indented)
    json.array { json in
      for report in reports {
        json.object { json in
          json.name("applied")
          json.bool(report.isApplied)
          WireMigration.number("archives", report.archives, &json)
          WireMigration.number("bytes", report.bytes, &json)
          json.name("kept")
          json.array { json in
            for kept in report.kept {
              json.object { json in
                WireMigration.text("path", kept.path, &json)
                WireMigration.text("reason", kept.reason, &json)
              }
            }
          }
          WireMigration.text("path", report.path, &json)
          WireMigration.text("source", report.source, &json)
          WireMigration.number("statuses", report.statuses, &json)
        }
      }
    }
    let output = BufferedOutput()
    try output.line(json.text)
    try output.flush()
  }
}
