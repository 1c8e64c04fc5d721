internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import ProcessControl

/// `bundletop pause`: pods take no more jobs.
struct PauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Let one pod, or all, take no more jobs.",
    discussion: "What runs goes on. A paused pod stays paused when it is started again, until `bundletop resume`.")

  @Argument(help: "The pod's name; all pods without it.") var pod: String?
  @Option(help: "Why; shown to everybody who wonders why nothing moves.") var reason: String?
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON object.") var json = false

  func run() async throws { try await setPaused(true, pod: pod, why: reason, database: database, json: json) }
}

/// `bundletop resume`: pods take jobs again.
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Let one pod, or all, take jobs again.",
    discussion:
      "Without a name the pause of all pods ends; pods that were paused by name stay paused, and are named.")

  @Argument(help: "The pod's name; all pods without it.") var pod: String?
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON object.") var json = false

  func run() async throws { try await setPaused(false, pod: pod, why: nil, database: database, json: json) }
}

private struct PauseResult: Encodable {
  @Nullable var pod: String?
  var outcome: String
  @Nullable var reason: String?

  init(_ pod: String?, _ answer: PauseAnswer) {
    outcome = answer.outcome.rawValue
    self.pod = pod
    reason = answer.reason
  }
}

private func setPaused(_ isPaused: Bool, pod: String?, why: String?, database: DatabaseOptions, json: Bool)
  async throws
{
  let session = try Session(database)
  try await session.run {
    let answer = try await session.store.setPaused(isPaused, pod: pod, by: session.who, why: why)
    if json {
      writeLine(try JSONText.document(PauseResult(pod, answer)))
    }
    let subject = pod.map { "pod \($0)" } ?? "all pods"
    guard answer.outcome != .refused else {
      throw CommandFailure(.failed, json ? nil : "\(subject): \(answer.reason ?? "refused")")
    }
    if !json {
      let note = answer.reason.map { " (\($0))" } ?? ""
      writeLine(UntrustedText.line("\(subject): \(answer.outcome.rawValue)\(note)"))
    }
  }
}
