internal import BundleModel
internal import HTTPTransport
internal import PodLens

/// What one comparison found, for scripts and people.
struct ComparisonReport: Encodable {
  /// Whether every pod that is alive was compared and none differs.
  let equal: Bool
  /// What the database holds: SHA-256 of the list as pods serve it, and its snapshot.
  private let digest: String
  private let snapshot: String
  private let pods: [ComparedPod]

  init(_ pods: [ComparedPod], _ held: ServedList, snapshot: String) {
    equal = pods.allSatisfy(\.isFine)
    digest = held.checksum.hex
    self.snapshot = snapshot
    self.pods = pods
  }

  /// Whether some pod's difference may still pass.
  var isUnsettled: Bool { pods.contains { $0.verdict == .behind } }

  /// Whether a reader would learn nothing new: ages and digests apart.
  func says(theSameAs other: ComparisonReport) -> Bool { pods.map(\.essence) == other.pods.map(\.essence) }

  /// A table, one row a pod; below it the first difference of each.
  var text: String {
    guard !pods.isEmpty else { return "no pod to compare" }
    var table = TextTable([("POD", .left), ("SERVES", .left), ("BY", .left), ("URL", .left)])
    for pod in pods { table.add([pod.label, pod.sign, pod.source, pod.url ?? "-"]) }
    let notes = pods.compactMap { pod in pod.note.map { UntrustedText.line("\(pod.label): \($0)") } }
    return ([table.text] + notes).joined(separator: "\n")
  }
}

/// One pod of a comparison.
struct ComparedPod: Encodable {
  enum Verdict: String, Encodable { case equal, behind, different, unreachable }

  private struct Difference: Encodable, Equatable {
    @Nullable var slug: String?
    @Nullable var field: String?
    @Nullable var served: String?
    @Nullable var held: String?

    init(_ difference: RowDifference) {
      slug = difference.slug
      field = difference.field
      served = difference.served
      held = difference.held
    }

    static func == (a: Difference, b: Difference) -> Bool { a.slug == b.slug && a.field == b.field }
  }

  @Nullable private var owner: String?
  @Nullable private var name: String?
  @Nullable private(set) var url: String?
  let verdict: Verdict
  /// `served`, `self-reported`, or `none`.
  let source: String
  /// What it read to answer: `directory` or `database`; null where it did not answer.
  @Nullable private var reads: String?
  /// For how long it has been behind or different.
  @Nullable private var milliseconds: Int64?
  @Nullable private var reason: String?
  @Nullable private var difference: Difference?

  init(_ subject: PodComparison.Subject, _ found: PodVerdict) {
    owner = subject.pod?.owner.text
    name = subject.pod?.name
    url = subject.origin?.description ?? subject.pod?.url
    source = found.source.rawValue
    if case .served(let list) = subject.finding { reads = list.side.rawValue }
    switch found.state {
    case .equal: verdict = .equal
    case .behind(let span):
      verdict = .behind
      milliseconds = Self.milliseconds(span)
    case .different(let span):
      verdict = .different
      milliseconds = Self.milliseconds(span)
    case .unreachable(let why):
      verdict = .unreachable
      reason = why
    }
    difference = found.difference.map { Difference($0) }
  }

  /// Whether it agrees, or may before long.
  var isFine: Bool { verdict == .equal || verdict == .behind }

  var label: String { name ?? url ?? owner ?? "" }

  /// A state by more than a colour.
  var sign: String {
    switch verdict {
    case .equal: "="
    case .behind: "behind \(milliseconds ?? 0) ms"
    case .different: "≠"
    case .unreachable: "unreachable"
    }
  }

  /// What a person should know beside the sign.
  var note: String? {
    if let reason { return reason }
    guard verdict == .different else { return nil }
    guard let difference else { return "the digest that it publishes is not that of what the database holds" }
    guard let slug = difference.slug else { return "the same bundles, in another order or form" }
    guard let field = difference.field else {
      return difference.held == nil
        ? "\(slug) is served, and the database does not hold it"
        : "\(slug) is not served, and the database holds it"
    }
    return
      "\(slug): \(field) is served as \(difference.served ?? "nothing"), held as \(difference.held ?? "nothing")"
  }

  /// What distinguishes two states for a reader; how far behind a pod is changes all the time.
  var essence: String {
    "\(label) \(url ?? "") \(source) \(verdict) \(reason ?? "") \(difference?.slug ?? "") \(difference?.field ?? "")"
  }

  private static func milliseconds(_ span: Duration) -> Int64 {
    let (seconds, attoseconds) = span.components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
