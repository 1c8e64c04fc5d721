internal import ArgumentParser
internal import ArtifactOperations
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import ProcessControl

/// `bundletop verify`: whether stored archives still are what was published.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Compare stored archives with what is recorded of them.",
    discussion: """
      Compares size and checksum as the store tells them; reads the bytes where it tells none that agrees, and with
      --deep in any case. Results are recorded and shown by the dashboard, list and show.
      Exit code: 0 all match; 2 any mismatch, missing object, or one that could not be looked at; 69 or 77 when the
      store did not answer, or refused, for all of them.
      """)

  @Argument(help: "The bundles.") var slugs: [String] = []
  @Flag(help: "Every bundle with an artifact.") var all = false
  @Flag(help: "Read every byte: a store may tell checksums that are not true.") var deep = false
  @Flag(help: "Of each bundle only the newest artifact; otherwise those of all its fingerprints.") var latest =
    false
  @Option(help: ArgumentHelp("How many to look at at once.", valueName: "count")) var parallel = 8
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON array.") var json = false

  func validate() throws {
    guard all != !slugs.isEmpty else { throw ValidationError("name bundles, or say --all") }
    guard (1...64).contains(parallel) else { throw ValidationError("--parallel takes 1 to 64") }
  }

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let wanted = try bundletop.slugs(slugs)
      let artifacts = try session.artifacts()
      let found = try await session.store.artifacts(of: all ? nil : wanted, latestOnly: latest)
      let known = Set(found.map(\.slug))
      let unknown = wanted.filter { !known.contains($0) }
      for slug in unknown {
        writeLine(
          "bundletop: \(UntrustedText.line("\(slug)", limit: 200)) has no artifact; `bundletop list` shows what has",
          to: .errors)
      }
      if !found.isEmpty { try await requireStore(artifacts) }
      let report = VerifyReport(total: found.count, json: json)
      let verifier = ArtifactVerifier(store: session.store, artifacts: artifacts, deep: deep, who: session.who)
      try await verifier.verify(found, parallel: parallel) { report.take($0) }
      try report.finish()
      if !found.isEmpty {
        try await session.store.audit(
          "verify", slug: wanted.count == 1 ? wanted[0] : nil, by: session.who, result: report.summary,
          detail: [
            "scope": all ? "all" : wanted.map(\.text).joined(separator: " "), "deep": "\(deep)",
            "latest": "\(latest)", "bytesRead": "\(report.bytesRead)",
          ])
      }
      let status = exitStatus(report, found: found.count, unknown: unknown.count)
      if status != .done { throw CommandFailure(status, nil) }
    }
  }

  /// Fails before anything is looked at when there is no store, or no bucket: each object would seem to be missing.
  private func requireStore(_ artifacts: any ArtifactStore) async throws {
    do throws(StorageError) {
      try await artifacts.check()
    } catch {
      // A key that may only read objects may not look at their bucket.
      guard error.kind == .denied else { throw error }
    }
  }

  private func exitStatus(_ report: VerifyReport, found: Int, unknown: Int) -> ExitStatus {
    if found == 0 { return unknown > 0 ? .failed : .done }
    if report.count(.error) == found && unknown == 0 { return report.denied == found ? .denied : .unavailable }
    return report.count(.match) == found && unknown == 0 ? .done : .partly
  }
}
