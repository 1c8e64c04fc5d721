internal import ArgumentParser
internal import BundleModel
internal import BundleStore

/// `bundletop package`: asks for bundles.
struct PackageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "package", abstract: "Ask the pods to package bundles.",
    discussion: "Exit code: 0 all asked for (with --wait: all completed); 1 none; 2 some.")

  @Argument(help: "The bundles.") var slugs: [String] = []
  @Flag(help: "Every bundle that a live pod offers.") var all = false
  @Flag(help: "Build even what the cache has.") var force = false
  // Unconditional: a negative number looks like an option.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of waiting jobs the one with the smallest number goes first.", valueName: "number"))
  var priority: Int = 0
  @Option(help: ArgumentHelp("Seconds until a pod may begin.", valueName: "seconds")) var delay: Int?
  @Option(help: ArgumentHelp("Asking again with the same key does nothing.", valueName: "text")) var key: String?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON array.") var json = false

  func validate() throws {
    guard (-1000...1000).contains(priority) else { throw ValidationError("--priority takes -1000 to 1000") }
    if let delay, !(0...31_536_000).contains(delay) {
      throw ValidationError("--delay takes seconds, at most a year of them")
    }
    if let key, key.isEmpty || key.utf8.count > 200 { throw ValidationError("--key takes 1 to 200 bytes") }
    guard all != !slugs.isEmpty else {
      throw ValidationError(all ? "--all and names exclude each other" : "name the bundles, or say --all")
    }
  }

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let crew = try await session.store.crew()
      let (pods, offered) = (crew.pods, crew.offered)
      let wanted = all ? offered.sorted() : try bundletop.slugs(slugs)
      guard !wanted.isEmpty else { throw CommandFailure(.failed, "no live pod offers any bundle") }
      let known = Set(try await session.store.statuses(of: wanted).map(\.slug))
      var asked: [Asked] = []
      for slug in wanted {
        guard offered.contains(slug) || known.contains(slug) else {
          asked.append(Asked(slug: slug, refusal: notOffered(slug, pods)))
          continue
        }
        let answer = try await session.store.enqueue(
          slug, options: JobOptions(force: force), by: session.who, key: key.map { "\($0) \(slug)" },
          priority: priority, after: delay.map { .seconds($0) })
        var one = Asked(
          slug: slug, job: answer.job, outcome: answer.outcome.rawValue,
          refusal: answer.outcome == .refused ? answer.reason ?? "refused" : nil)
        if one.refusal == nil, !offered.contains(slug) { one.remark = notOffered(slug, pods) }
        asked.append(one)
      }
      try await session.store.audit(
        force ? "package --force" : "package", slug: wanted.count == 1 ? wanted[0] : nil, by: session.who,
        result: "\(asked.count { $0.refusal == nil }) of \(asked.count) asked for")
      try await waiting.finish(asked, session: session, json: json)
    }
  }

  /// Why nobody would package it: names both places of a duplicate.
  private func notOffered(_ slug: Slug, _ pods: [Pod]) -> String {
    let notes = pods.filter { $0.presence == .live }.flatMap(\.notes).filter { $0.hasPrefix("\(slug): ") }
    return notes.first ?? "no pod has this bundle"
  }
}
