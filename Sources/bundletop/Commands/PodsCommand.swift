internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import Glibc
internal import ProcessControl
internal import Wire

/// `bundletop pods`: who is alive, and whether all serve what the database holds.
struct PodsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pods", abstract: "Print the catalog pods, or compare what they serve.",
    discussion: """
      --compare asks the pods that BUNDLETOP_POD_URLS or --pod-url name for their list of bundles and compares it with
      the database; of the others it takes what they say of themselves. A difference counts when it has lasted a
      second. Exit codes: 0 all agree; 2 a pod differs, or one that is alive cannot be compared.
      """)

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var access: PodOptions
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Compare what each pod serves with what the database holds.") var compare = false
  @Flag(help: "With --compare: go on, and print whenever something is another way, until interrupted.")
  var watch = false

  func validate() throws {
    guard compare || !watch else { throw ValidationError("--watch needs --compare") }
    guard compare || access.podURL.isEmpty else { throw ValidationError("--pod-url needs --compare") }
  }

  func run() async throws {
    let session = try Session(database)
    let agree = try await session.run {
      guard compare else {
        try await list(session.store)
        return true
      }
      let comparison = PodComparison(
        store: session.store, pods: try access.anyClient(session.environment), publicURL: session.publicURL)
      return watch ? try await follow(comparison) : try await compareOnce(comparison)
    }
    guard agree else { throw CommandFailure(.partly, nil) }
  }

  private func list(_ store: BundleStore) async throws {
    let pods = try await store.pods()
    let pauses = try await store.pauses()
    let counts = try await store.cacheCounts()
    writeLine(
      json
        ? try JSONText.document(
          pods.map { pod in
            let count = counts.first { $0.pod == pod.name }
            return WirePod(pod, pauses: pauses, cacheHits: count?.hits ?? 0, cacheMisses: count?.misses ?? 0)
          })
        : PodTable.text(pods, pauses: pauses, now: ThisProcess.now()))
  }

  /// Whether all agree.
  private func compareOnce(_ comparison: PodComparison) async throws -> Bool {
    let report = try await comparison.settled()
    writeLine(json ? try JSONText.document(report) : report.text)
    return report.equal
  }

  /// Prints until a signal comes. Whether all agreed at the end.
  private func follow(_ comparison: PodComparison) async throws -> Bool {
    let signals = try TerminationSignals()
    // A reader that goes away ends this program, as it ends any filter; it has nothing to tidy up.
    signal(SIGPIPE, SIG_DFL)
    let following = Task { [json] in
      var comparison = comparison
      var last: ComparisonReport?
      do {
        while true {
          let report = try await comparison.round()
          if last.map({ !report.says(theSameAs: $0) }) ?? true {
            writeLine(json ? try JSONText.line(report) : report.text)
          }
          last = report
          try await Task.sleep(for: PodComparison.pause)
        }
      } catch is CancellationError {
        return last?.equal ?? true
      } catch {
        if Task.isCancelled { return last?.equal ?? true }
        throw error
      }
    }
    let signal = Task {
      _ = await signals.first()
      following.cancel()
    }
    defer { signal.cancel() }
    return try await following.value
  }
}
