internal import ArgumentParser
internal import ArtifactOperations
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import ProcessControl

/// `bundletop gc`: deletes from the object store what no row names.
struct GarbageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Delete from the object store what nobody names any more.",
    discussion: """
      In two steps, a day apart: a run with --apply marks what it finds, and deletes what was marked at least 24 hours
      earlier, still is named by no artifact and was not written since. That goes for objects with a key of an archive
      and for uploads in parts that nobody finished. Without --apply it only says what it would do.

      --keep also retires artifacts: all but the newest of each bundle, if they were neither uploaded nor used within
      --older-than and are not what the bundle's status shows. Their objects are leftovers from then on.

      Refuses while another run is at work, when live pods write to another store or keep archives in files, when none of
      the named objects is there, and, without --most, when more than half of all archives would go.
      Exit code: 0 done; 2 something that was to go was kept; 77 refused.
      """)

  @Option(help: ArgumentHelp("Retire all but so many artifacts of each bundle.", valueName: "number")) var keep:
    Int?
  @Option(
    help: ArgumentHelp("With --keep, only those of this age: 90s, 24h, 30d. (default: 30d)", valueName: "age"))
  var olderThan: String?
  @Flag(help: "Do it.") var apply = false
  @Flag(help: "Do it without asking.") var yes = false
  @Flag(help: "Do it also when more than half of all archives would go.") var most = false
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON object.") var json = false

  func validate() throws {
    if let keep, keep < 1 { throw ValidationError("--keep takes 1 or more") }
    if olderThan != nil, keep == nil { throw ValidationError("--older-than belongs to --keep") }
    guard Age.seconds(olderThan ?? "30d") != nil else {
      throw ValidationError("--older-than takes an age like 90s, 24h or 30d")
    }
    if !apply, yes || most { throw ValidationError("--yes and --most belong to --apply") }
  }

  func run() async throws {
    if apply, !yes, !Confirmation.isPossible {
      throw CommandFailure(.usage, "gc --apply needs --yes; without --apply it only says what it would do")
    }
    let session = try Session(database)
    try await session.run {
      let collector = Collector(
        store: session.store, artifacts: try session.artifacts(),
        rule: keep.map {
          RetirementRule(keep: $0, olderThan: .seconds(Age.seconds(olderThan ?? "30d") ?? 0))
        }, who: session.who)
      guard apply else {
        let findings = try await collector.look()
        try show(CollectionReport(findings, store: collector.storeIdentity, done: nil))
        if findings.plan.takesMost {
          writeLine("bundletop: more than half of all archives would go: --apply needs --most", to: .errors)
        }
        return
      }
      try await session.store.collecting { try await run(collector) }
    }
  }

  private func run(_ collector: Collector) async throws {
    let findings = try await collector.look()
    if findings.plan.takesMost, !most {
      throw CommandFailure(
        .denied,
        "\(findings.plan.due.count) of \(findings.plan.archives) archives would be deleted: look without --apply, and "
          + "say --most if that is right")
    }
    try confirm(CollectionReport(findings, store: collector.storeIdentity, done: nil))
    let done = try await collector.apply(findings)
    try show(CollectionReport(findings, store: collector.storeIdentity, done: done))
    guard done.kept.isEmpty else { throw CommandFailure(.partly, nil) }
  }

  private func confirm(_ report: CollectionReport) throws {
    guard !yes, report.retired + report.deleted > 0 else { return }
    writeLine(report.text, to: .errors)
    try Confirmation.ask(
      "Retire \(report.retired) and delete \(report.deleted) in \(UntrustedText.line(report.store))")
  }

  private func show(_ report: CollectionReport) throws {
    writeLine(json ? try JSONText.document(report) : report.text)
  }
}
