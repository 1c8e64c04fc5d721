internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import ProcessControl

/// `bundletop cancel`: ends queued and running jobs.
struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "End the queued or running jobs of bundles.",
    discussion: """
      A queued job ends at once; of a running one the pod kills the build within two seconds. An earlier artifact stays.
      Names need no --yes, a filter does.
      Exit code: 0 all ended, or were completed before; 1 none; 2 some.
      """)

  @Argument(help: "The bundles.") var slugs: [String] = []
  @Flag(help: "Every queued bundle, or those of them that --matching and --pod pick.") var queued = false
  @Flag(help: "Every running bundle, likewise.") var running = false
  @OptionGroup var filter: FilterOptions
  @Option(help: "Why; recorded in the audit.") var reason: String?
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON array.") var json = false

  private var states: Set<BundleState> { Set((queued ? [.queued] : []) + (running ? [.running] : [])) }

  func validate() throws {
    guard states.isEmpty != slugs.isEmpty else {
      throw ValidationError(
        slugs.isEmpty
          ? "name the bundles, or say --queued or --running" : "--queued and --running exclude names")
    }
    if states.isEmpty, filter.isNarrowed {
      throw ValidationError("--matching and --pod belong to --queued and --running")
    }
  }

  private struct Answer: Encodable {
    var slug: String
    @Nullable var jobId: String?
    var outcome: String
    @Nullable var reason: String?

    init(_ slug: Slug, job: String? = nil, outcome: String, reason: String? = nil) {
      self.slug = slug.text
      self.outcome = outcome
      jobId = job
      self.reason = reason
    }
  }

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let named = states.isEmpty ? try bundletop.slugs(slugs) : nil
      let statuses = try await session.store.statuses(of: named)
      let wanted = named ?? filter.pick(states, from: statuses).map(\.slug)
      if named == nil { try filter.confirm("cancelling \(wanted.count) bundles", of: wanted) }
      let seen = Dictionary(uniqueKeysWithValues: statuses.map { ($0.slug, $0) })
      var answers: [Answer] = []
      for slug in wanted {
        answers.append(
          filter.dryRun
            ? wouldCancel(slug, seen[slug])
            : try await cancel(slug, seen[slug], session))
      }
      try print(answers)
      let good = answers.count { $0.outcome != "refused" }
      if good < answers.count { throw CommandFailure(good == 0 ? .failed : .partly, nil) }
    }
  }

  private func cancel(_ slug: Slug, _ seen: BundleStatus?, _ session: Session) async throws -> Answer {
    // The job that was seen, unless it had ended then: a newer one is not hit by mistake.
    let isActive = seen?.state == .queued || seen?.state == .running
    let job = isActive ? seen?.jobID.map(JobID.init) : nil
    let answer = try await session.store.cancel(slug, seen: job, by: session.who, why: reason)
    return Answer(slug, job: answer.job?.text, outcome: answer.outcome.rawValue, reason: answer.reason)
  }

  private func wouldCancel(_ slug: Slug, _ seen: BundleStatus?) -> Answer {
    guard let seen else {
      return Answer(slug, outcome: "refused", reason: "no bundle of this name is known")
    }
    let isActive = seen.state == .queued || seen.state == .running
    return Answer(
      slug, job: seen.jobID, outcome: isActive ? "would cancel" : "refused",
      reason: isActive ? nil : "it is \(seen.state.rawValue)")
  }

  private func print(_ answers: [Answer]) throws {
    guard !json else { return writeLine(try JSONText.document(answers)) }
    for answer in answers {
      let line = UntrustedText.line(
        answer.outcome == "refused"
          ? "\(answer.slug): \(answer.reason ?? "refused")"
          : "\(answer.slug): \(words(answer))\(answer.reason.map { " (\($0))" } ?? "")")
      if answer.outcome == "refused" { writeLine("bundletop: \(line)", to: .errors) } else { writeLine(line) }
    }
  }

  private func words(_ answer: Answer) -> String {
    answer.outcome == "completed" ? "already completed" : answer.outcome
  }
}
