internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import ProcessControl
internal import Wire

/// What became of one wish.
struct Asked {
  var slug: Slug
  var job: JobID?
  var outcome = "refused"
  /// Why nothing was done.
  var refusal: String?
  /// What to know although it was done.
  var remark: String?
  var attempt: Int?
}

/// The part that `package` and `retry` share: print the answers, wait if asked to, choose the exit code.
struct WaitOptions: ParsableArguments {
  @Flag(help: "Wait until each bundle is completed or failed, showing progress on stderr.") var wait = false
  @Option(help: ArgumentHelp("Give up waiting after so many seconds.", valueName: "seconds")) var timeout: Int =
    3600

  func validate() throws {
    guard timeout > 0 else { throw ValidationError("--timeout takes a positive number of seconds") }
  }

  private struct Answer: Encodable {
    var slug: String
    @Nullable var jobId: String?
    var outcome: String
    @Nullable var reason: String?
    @Nullable var attempt: Int?
    @Nullable var status: WireStatus?

    init(_ asked: Asked, status: WireStatus?) {
      slug = asked.slug.text
      jobId = asked.job?.text
      outcome = asked.outcome
      reason = asked.refusal ?? asked.remark
      attempt = asked.attempt
      self.status = status
    }
  }

  /// Prints everything, and throws unless all went well.
  func finish(_ asked: [Asked], session: Session, json: Bool) async throws {
    let accepted = asked.filter { $0.refusal == nil }
    var final: [Slug: BundleStatus] = [:]
    if wait && !accepted.isEmpty { final = try await ended(accepted, session: session) }
    if json {
      let answers = asked.map { one in
        Answer(one, status: final[one.slug].map { WireStatus($0, publicURL: session.publicURL) })
      }
      writeLine(try JSONText.document(answers))
    } else {
      for one in asked where one.refusal == nil { writeLine(line(one, final[one.slug])) }
      for one in asked where one.refusal != nil {
        writeLine("bundletop: \(UntrustedText.line("\(one.slug): \(one.refusal ?? "")"))", to: .errors)
      }
    }
    let good = wait ? final.values.count { $0.state == .completed } : accepted.count
    if good < asked.count { throw CommandFailure(good == 0 ? .failed : .partly, nil) }
  }

  private func line(_ one: Asked, _ status: BundleStatus?) -> String {
    if let status { return ChangeLine.text(status) }
    let words =
      switch one.outcome {
      case "created": "queued"
      case "merged": "already queued; the options were merged"
      case "waiting": "running; the next run follows it"
      case "retried": "queued again, attempt \(one.attempt ?? 0)"
      case "would retry": "would be queued again, attempt \(one.attempt ?? 0)"
      default: one.outcome
      }
    return UntrustedText.line("\(one.slug): \(words)\(one.remark.map { " (\($0))" } ?? "")")
  }

  /// Follows the feed until every named bundle is completed or failed.
  private func ended(_ asked: [Asked], session: Session) async throws -> [Slug: BundleStatus] {
    let watch = EndWatch(asked.map(\.slug))
    let jobs = Dictionary(asked.map { ($0.slug, $0.job) }) { first, _ in first }
    return try await withThrowingTaskGroup(of: [Slug: BundleStatus]?.self) { group in
      group.addTask {
        await session.store.follow { watch.take($0) }
        return nil
      }
      group.addTask {
        // Pods that keep bundles in files take the row away when the job has ended well.
        for await slug in watch.gone {
          if let status = await completed(slug, jobs[slug] ?? nil, session) { watch.take(status) }
        }
        return nil
      }
      group.addTask { try await watch.result() }
      group.addTask {
        try await Task.sleep(for: .seconds(timeout))
        throw CommandFailure(.failed, "not finished after \(timeout) s: \(watch.unfinished)")
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  /// How the job of a bundle without a row ended, if it ended well.
  private func completed(_ slug: Slug, _ job: JobID?, _ session: Session) async -> BundleStatus? {
    guard let attempts = try? await session.store.attempts(of: slug, limit: 20),
      let last = attempts.first(where: { job == nil || $0.job == job }), last.outcome == .completed
    else { return nil }
    return BundleStatus(
      slug: slug, fingerprint: last.fingerprint ?? .pending, stage: .completed, jobID: last.job.text,
      cached: last.cached, createdAt: last.startedAt, updatedAt: last.endedAt ?? last.startedAt,
      completedAt: last.endedAt, attempt: last.number, pod: last.pod)
  }
}
