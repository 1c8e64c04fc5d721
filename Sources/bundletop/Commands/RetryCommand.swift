internal import ArgumentParser
internal import BundleModel
internal import BundleStore

/// `bundletop retry`: tries failed bundles again.
struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Try failed bundles again.",
    discussion: """
      Only what is still failed is retried; everything else is refused with the reason.
      Exit code: 0 all (with --wait: all completed); 1 none; 2 some.
      """)

  @Argument(help: "The bundles.") var slugs: [String]
  @Flag(help: "Build even if the cache has the answer.") var force = false
  @Option(help: "Why; recorded in the audit.") var reason: String?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON array.") var json = false

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let wanted = try bundletop.slugs(slugs)
      let seen = Dictionary(
        uniqueKeysWithValues: try await session.store.statuses(of: wanted).map { ($0.slug, SeenState($0)) })
      var asked: [Asked] = []
      for slug in wanted {
        let answer = try await session.store.retry(
          slug, seen: seen[slug], force: force, by: session.who, why: reason)
        asked.append(
          Asked(
            slug: slug, job: answer.job, outcome: answer.refusal == nil ? "retried" : "refused",
            refusal: answer.refusal, attempt: answer.attempt))
      }
      try await waiting.finish(asked, session: session, json: json)
    }
  }
}
