internal import ArgumentParser
internal import ArtifactStorage
internal import BundleModel
internal import JSON
internal import LegacyMigration
internal import LegacyStore
internal import ProcessControl

/// `bundletop migrate run`: directories become rows and objects.
struct MigrateRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Move the directories in: archives first, then rows.",
    discussion: """
      Does what `migrate plan` says. Deletes and changes nothing in the directories; one that has no name yet gets a
      marker file with one, unless --source names it. May be interrupted at any moment and run again: what is there is
      neither sent nor written twice, and what is newer in the database is never overwritten, whoever writes beside it.
      Exit codes: 0 done; 2 something could not be taken, see the list; 1 failed; 69 or 77 when a store does not answer,
      or refuses; 77 also while another migration is at work.
      """)

  @OptionGroup var options: MigrateOptions
  @Option(help: ArgumentHelp("How many bundles to move at once.", valueName: "count")) var concurrency = 8
  @Flag(help: "Ask again for what was interrupted; otherwise it becomes failed, for a person to retry.")
  var requeue =
    false
  @Flag(help: "Look into everything, the object store included, and write nothing.") var dryRun = false

  func validate() throws {
    guard (1...64).contains(concurrency) else { throw ValidationError("--concurrency takes 1 to 64") }
  }

  func run() async throws {
    let session = try Session(options.database, readOnly: dryRun, connections: min(concurrency, 16) + 1)
    let report = try await session.run {
      let sources = try await options.sources(session.environment)
      let artifacts = try session.artifacts()
      var settings = MigrationRun.Options()
      settings.concurrency = concurrency
      settings.requeue = requeue
      let (store, who, dryRun, wanted) = (session.store, session.who, dryRun, settings)
      return try await options.showingProgress { observer in
        let run = MigrationRun(
          sources, store: store, artifacts: artifacts, who: who, options: wanted, observer: observer)
        return dryRun ? try await run.rehearse() : try await run.run()
      }
    }
    if options.json {
      try WireReport.write(report, isApplied: !dryRun)
    } else {
      writeLine(RunReport.text(report, isApplied: !dryRun))
    }
    guard !report.isPartial else { throw CommandFailure(.partly, nil) }
  }
}

/// A run as people read it.
enum RunReport {
  static func text(_ report: MigrationReport, isApplied: Bool) -> String {
    var parts = [FindingTable.text(report.findings)].compactMap(\.self)
    var lines = [report.summary]
    if !isApplied { lines.append("nothing was written; without --dry-run it is done") }
    if isApplied { lines.append("`bundletop migrate verify` proves it") }
    parts.append(lines.joined(separator: "\n"))
    return parts.joined(separator: "\n\n")
  }
}

/// A run as scripts read it. Names are sorted, as in all our documents.
enum WireReport {
  /// Prints it.
  static func write(_ report: MigrationReport, isApplied: Bool) throws(CommandFailure) {
    let counts = report.counts
    var json = JSONWriter(.indented)
    json.object { json in
      json.name("applied")
      json.bool(isApplied)
      json.name("archives")
      json.object { json in
        WireMigration.number("bytes", counts.bytes, &json)
        WireMigration.number("present", counts.present, &json)
        WireMigration.number("uploaded", counts.uploaded, &json)
      }
      WireMigration.number("bundles", counts.bundles, &json)
      WireMigration.write(report.findings, to: &json)
      json.name("outcomes")
      json.object { json in
        WireMigration.number("failed", counts.failed, &json)
        WireMigration.number("kept", counts.kept, &json)
        WireMigration.number("known", counts.known, &json)
        WireMigration.number("quarantined", counts.quarantined, &json)
        WireMigration.number("requeued", counts.requeued, &json)
        WireMigration.number("taken", counts.taken - counts.failed - counts.requeued, &json)
      }
      json.name("partial")
      json.bool(report.isPartial)
      json.name("sources")
      json.array { json in
        for one in report.sources {
          json.object { json in
            WireMigration.text("id", one.source.id, &json)
            WireMigration.text("path", one.source.directory.path, &json)
          }
        }
      }
    }
    let output = BufferedOutput()
    try output.line(json.text)
    try output.flush()
  }
}
