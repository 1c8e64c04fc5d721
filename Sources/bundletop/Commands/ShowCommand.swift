internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import ProcessControl

/// `bundletop show`: all that is known of one bundle.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print all that is known of one bundle, with its attempts.")

  @Argument(help: "The bundle.") var slug: String
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print JSON.") var json = false

  private struct Answer: Encodable {
    var status: WireStatus
    var attempts: [WireAttempt]
    @Nullable var verificationReason: String?
  }

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let slug = try slugs([self.slug])[0]
      guard let status = try await session.store.statuses(of: [slug]).first else {
        throw CommandFailure(.failed, "no bundle called \(slug) is known; `bundletop list` names all")
      }
      let attempts = try await session.store.attempts(of: slug)
      var finding: VerificationFinding?
      if let artifact = status.artifact { finding = try await session.store.finding(of: artifact) }
      if json {
        writeLine(
          try JSONText.document(
            Answer(
              status: WireStatus(status, publicURL: session.publicURL), attempts: attempts.map(WireAttempt.init),
              verificationReason: Nullable(wrappedValue: finding?.reason))))
      } else {
        writeLine(
          BundleReport.text(status, attempts: attempts, finding: finding, now: ThisProcess.now()))
      }
    }
  }
}

/// An attempt as scripts read it.
struct WireAttempt: Encodable {
  private struct Timing: Encodable {
    var stage: String
    var startedAt: String
  }

  private let jobId: String
  private let attempt: Int
  private let pod: String
  private let startedAt: String
  @Nullable private var endedAt: String?
  @Nullable private var outcome: String?
  @Nullable private var errorClass: String?
  @Nullable private var error: String?
  private let stages: [Timing]

  init(_ attempt: Attempt) {
    jobId = attempt.job.text
    self.attempt = attempt.number
    pod = attempt.pod
    startedAt = attempt.startedAt.iso8601
    endedAt = attempt.endedAt?.iso8601
    outcome = attempt.outcome?.rawValue
    errorClass = attempt.errorClass?.rawValue
    error = attempt.error
    stages = attempt.stages.map { Timing(stage: $0.stage.rawValue, startedAt: $0.startedAt.iso8601) }
  }
}
