internal import ArgumentParser
internal import BundleModel
internal import LegacyMigration
internal import ProcessControl

/// `bundletop migrate plan`: what a run would do, and what somebody should know before.
struct MigratePlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Read everything, write nothing, and say what would become of it.",
    discussion: """
      Reads each status and each archive to its end, and the rows of the database. What would simply become a row is
      counted; each status that would not is listed once, with the reason.
      Exit codes: 0 nothing to tell; 2 findings; 69 or 77 when the database does not answer, or refuses.
      """)

  @OptionGroup var options: MigrateOptions
  @Flag(help: "Count what was interrupted as to be queued again, as `migrate run --requeue` would.") var requeue =
    false

  func run() async throws {
    let session = try Session(options.database, readOnly: true)
    let plan = try await session.run {
      let sources = try await options.sources(session.environment)
      let (store, requeue) = (session.store, requeue)
      return try await options.showingProgress { observer in
        try await MigrationPlan.make(sources, store: store, requeue: requeue, observer: observer)
      }
    }
    if options.json {
      try WirePlan.write(plan)
    } else {
      writeLine(PlanReport.text(plan))
    }
    guard plan.findings.isEmpty else { throw CommandFailure(.partly, nil) }
  }
}
