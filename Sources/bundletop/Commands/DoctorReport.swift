internal import BundleModel
internal import S3

/// What the doctor found out, for people and for scripts.
enum DoctorReport {
  static func text(_ report: CapabilityReport) -> String {
    var table = TextTable([("", .left), ("THE STORE", .left), ("SEEN", .left), ("WHICH MEANS", .left)])
    for one in report.capabilities {
      table.add([mark(one.answer), one.kind.title, one.seen, one.kind.meaning(one.answer)])
    }
    var lines = ["\(report.endpoint), bucket \(UntrustedText.line(report.bucket))", "", table.text, ""]
    for one in report.findings {
      lines.append("finding: not so: \(one.kind.title) (\(UntrustedText.line(one.seen))): \(one.kind.meaning(.no))")
    }
    for key in report.leftovers { lines.append("finding: could not be removed: \(UntrustedText.line(key))") }
    if report.findings.isEmpty, report.leftovers.isEmpty { lines.append("all that bundles need is there") }
    return lines.joined(separator: "\n")
  }

  private static func mark(_ answer: Capability.Answer) -> String {
    switch answer {
    case .yes: "✓ yes"
    case .no: "✗ no"
    case .unknown: "? unknown"
    }
  }

  private struct Answer: Encodable {
    struct One: Encodable {
      var name: String
      var answer: String
      var seen: String
      var meaning: String
      var finding: Bool
    }

    var endpoint: String
    var bucket: String
    var capabilities: [One]
    var findings: Int
    var leftovers: [String]
  }

  static func json(_ report: CapabilityReport) throws -> String {
    try JSONText.document(
      Answer(
        endpoint: "\(report.endpoint)", bucket: report.bucket,
        capabilities: report.capabilities.map {
          Answer.One(
            name: $0.kind.rawValue, answer: $0.answer.rawValue, seen: $0.seen, meaning: $0.kind.meaning($0.answer),
            finding: $0.isFinding)
        }, findings: report.findings.count, leftovers: report.leftovers))
  }
}
