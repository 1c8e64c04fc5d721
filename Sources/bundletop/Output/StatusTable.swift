internal import BundleModel

/// Statuses as a plain table.
enum StatusTable {
  /// - Parameter wholeChecksums: all 64 digits in place of the first 16.
  static func text(_ statuses: [BundleStatus], now: Timestamp, wholeChecksums: Bool = false) -> String {
    guard !statuses.isEmpty else { return "no bundles" }
    var table = TextTable([
      ("SLUG", .left), ("STATE", .left), ("STAGE", .left), ("VERSION", .left), ("SIZE", .right),
      ("CHECKSUM", .left),
      ("POD", .left), ("ATTEMPT", .right), ("AGE", .right), ("WHY", .left),
    ])
    for status in statuses {
      table.add([
        status.slug.text, status.state.rawValue, status.stage.rawValue, status.version ?? "-",
        status.artifact?.size.map(HumanText.size) ?? "-",
        String((status.checksum ?? "-").prefix(wholeChecksums ? 64 : 16)),
        status.pod ?? "-", status.attempt.map(String.init) ?? "-", HumanText.age(now.since(status.updatedAt)),
        why(status),
      ])
    }
    return table.text
  }

  /// The first line of what went wrong, or of what is going on.
  private static func why(_ status: BundleStatus) -> String {
    if let verification = status.artifact?.verification, verification.isBad {
      return "\(verification.rawValue.uppercased()): \(verification.words)"
    }
    let text = status.error ?? status.message ?? ""
    let line = UntrustedText.line(text.prefix { $0 != "\n" }, limit: 100)
    return line
  }
}

extension Verification {
  /// What it means for whoever wants the archive.
  var words: String {
    switch self {
    case .match: "the stored archive is what was published"
    case .mismatch: "the stored archive is not what was published"
    case .missing: "the stored archive is gone"
    }
  }
}
