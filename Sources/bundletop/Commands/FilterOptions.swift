internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import ProcessControl

/// How a command that changes something is told what: by names, or by a filter, which then has to be confirmed.
struct FilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("With a filter: only those whose name, message or error holds this text.", valueName: "text")
  )
  var matching: String?
  @Option(help: ArgumentHelp("With a filter: only those that this pod worked on.", valueName: "pod")) var pod:
    String?
  @Flag(help: "Do what the filter picks without asking.") var yes = false
  @Flag(help: "Only say what would be done.") var dryRun = false

  /// True when something narrows a filter.
  var isNarrowed: Bool { matching != nil || pod != nil }

  /// The bundles in these states that the options pick, by name.
  func pick(_ states: Set<BundleState>, from statuses: [BundleStatus]) -> [BundleStatus] {
    statuses.filter { status in
      guard states.contains(status.state) else { return false }
      if let pod, status.pod != pod { return false }
      guard let text = matching?.lowercased() else { return true }
      return [status.slug.text, status.message ?? "", status.error ?? ""].contains {
        $0.lowercased().contains(text)
      }
    }.sorted { $0.slug < $1.slug }
  }

  /// Asks the person at the terminal, unless `--yes` was said.
  ///
  /// - Throws: a usage failure without a terminal; the failure of a person who says no.
  func confirm(_ what: String, of slugs: [Slug]) throws {
    guard !yes, !dryRun, !slugs.isEmpty else { return }
    guard Confirmation.isPossible else {
      throw CommandFailure(.usage, "\(what) needs --yes, or --dry-run to see what would be done")
    }
    let names = slugs.prefix(20).map(\.text).joined(separator: ", ") + (slugs.count > 20 ? ", …" : "")
    writeLine(UntrustedText.line(names, limit: 2000), to: .errors)
    try Confirmation.ask(what)
  }
}
