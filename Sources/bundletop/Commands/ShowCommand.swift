internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import ProcessControl
internal import Wire

/// `bundletop show`: all that is known of one bundle.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print all that is known of one bundle, with its attempts.")

  @Argument(help: "The bundle.") var slug: String
  @Flag(help: "Print the end of what an attempt's programs printed, and nothing else.") var log = false
  @Option(help: ArgumentHelp("With --log: of which attempt; the newest otherwise.", valueName: "number"))
  var attempt: Int?
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if attempt != nil, !log { throw ValidationError("--attempt belongs to --log") }
    if log, json { throw ValidationError("--log and --json exclude each other") }
  }

  private struct Answer: Encodable {
    var status: WireStatus
    var attempts: [WireAttempt]
    @Nullable var verificationReason: String?
  }

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let slug = try requireSlug(self.slug)
      guard let status = try await session.store.statuses(of: [slug]).first else {
        throw CommandFailure(.failed, "no bundle called \(slug) is known; `bundletop list` names all")
      }
      if log { return try await printLog(slug, session.store) }
      let attempts = try await session.store.attempts(of: slug)
      var finding: VerificationFinding?
      if let artifact = status.artifact { finding = try await session.store.finding(of: artifact) }
      if json {
        writeLine(
          try JSONText.document(
            Answer(
              status: WireStatus(status, publicURL: session.publicURL), attempts: attempts.map { WireAttempt($0) },
              verificationReason: Nullable(wrappedValue: finding?.reason))))
      } else {
        writeLine(
          BundleReport.text(status, attempts: attempts, finding: finding, now: ThisProcess.now()))
      }
    }
  }

  private func printLog(_ slug: Slug, _ store: BundleStore) async throws {
    let attempts = try await store.attempts(of: slug, number: attempt, limit: 1, tail: 65_536)
    guard let found = attempts.first else {
      let which = attempt.map { "attempt \($0)" } ?? "attempt yet"
      throw CommandFailure(.failed, "\(slug) has no \(which)")
    }
    guard let tail = found.tail else {
      let why = found.outcome == nil ? "it is still running" : "its programs printed nothing"
      throw CommandFailure(.failed, "nothing is kept of attempt \(found.number) of \(slug): \(why)")
    }
    writeLine(UntrustedText.block(tail))
  }
}
