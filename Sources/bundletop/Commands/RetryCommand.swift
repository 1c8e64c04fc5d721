internal import ArgumentParser
internal import BundleModel
internal import BundleStore

/// `bundletop retry`: tries failed bundles again.
struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Try failed bundles again.",
    discussion: """
      Only what is still failed, as it was seen a moment before, is retried; everything else is refused with the reason.
      Names need no --yes, a filter does.
      Exit code: 0 all (with --wait: all completed); 1 none; 2 some.
      """)

  @Argument(help: "The bundles.") var slugs: [String] = []
  @Flag(help: "Every failed bundle, or those of them that --matching and --pod pick.") var failed = false
  @OptionGroup var filter: FilterOptions
  @Flag(help: "Build even if the cache has the answer.") var force = false
  @Option(help: "Why; recorded in the audit.") var reason: String?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON array.") var json = false

  func validate() throws {
    guard failed != !slugs.isEmpty else {
      throw ValidationError(failed ? "--failed and names exclude each other" : "name the bundles, or say --failed")
    }
    if !failed, filter.isNarrowed { throw ValidationError("--matching and --pod belong to --failed") }
    if filter.dryRun, waiting.wait { throw ValidationError("there is nothing to --wait for in a --dry-run") }
  }

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let seen: [BundleStatus]
      var wanted: [Slug]
      if failed {
        seen = filter.pick([.failed], from: try await session.store.statuses())
        wanted = seen.map(\.slug)
        try filter.confirm("retrying \(wanted.count) failed bundles", of: wanted)
      } else {
        wanted = try bundletop.slugs(slugs)
        seen = try await session.store.statuses(of: wanted)
      }
      let states = Dictionary(uniqueKeysWithValues: seen.map { ($0.slug, SeenState($0)) })
      var asked: [Asked] = []
      for slug in wanted {
        let answer = try await session.store.retry(
          slug, seen: states[slug], force: force, by: session.who, why: reason, dryRun: filter.dryRun)
        asked.append(
          Asked(
            slug: slug, job: answer.job,
            outcome: answer.refusal != nil ? "refused" : filter.dryRun ? "would retry" : "retried",
            refusal: answer.refusal, attempt: answer.attempt))
      }
      try await waiting.finish(asked, session: session, json: json)
    }
  }
}
