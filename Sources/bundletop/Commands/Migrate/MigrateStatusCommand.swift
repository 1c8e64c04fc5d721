internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import JSON
internal import LegacyMigration
internal import ProcessControl

/// `bundletop migrate status`: where the rollout stands.
struct MigrateStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Tell where the move stands, and what comes next.",
    discussion: "Reads the database alone: it looks at no directory and no object.")

  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON object.") var json = false

  func run() async throws {
    let session = try Session(database, readOnly: true)
    let facts = try await session.run { try await session.store.rollout() }
    if json { try WireRollout.write(facts) } else { writeLine(RolloutText.text(facts)) }
  }
}

/// Where the move stands, as people read it.
enum RolloutText {
  static func text(_ facts: RolloutFacts) -> String {
    let live = facts.pods.filter(\.isLive)
    var parts: [String] = []
    if !facts.sources.isEmpty {
      var table = TextTable([
        ("DIRECTORY", .left), ("WHERE", .left), ("RAN", .left), ("VERIFIED", .left), ("DIFFERENT", .right),
        ("QUARANTINED", .right), ("EXPORTED", .left), ("CLEANED", .left),
      ])
      for one in facts.sources {
        table.add([
          one.id, "\(one.host):\(one.path)", one.ranAt?.iso8601 ?? "-", one.verifiedAt?.iso8601 ?? "-",
          one.differences.map { "\($0)" } ?? "-", one.quarantined.map { "\($0)" } ?? "-",
          one.exportedAt?.iso8601 ?? "-", one.cleanedAt?.iso8601 ?? "-",
        ])
      }
      parts.append(table.text)
    }
    if !live.isEmpty {
      var table = TextTable([
        ("POD", .left), ("MODE", .left), ("DIRECTORY", .left), ("NOT MOVED", .right), ("FOLLOWING", .left),
      ])
      for pod in live {
        table.add([
          pod.name, pod.mode, pod.source ?? pod.directory ?? "-", pod.unmigrated.map { "\($0)" } ?? "-",
          pod.following ?? "-",
        ])
      }
      parts.append(table.text)
    }
    let stage = RolloutStage(facts)
    var last = "pods in mode dual read from the \(facts.reads.rawValue)"
    if let switched = facts.switched {
      last += " (by \(UntrustedText.line(switched.by, limit: 200)), \(switched.at.iso8601))"
    }
    parts.append("\(last)\n\(stage.rawValue): \(stage.next)")
    if facts.reads == .directory, stage != .nothing {
      let reasons = RolloutDecision.refusals(of: .cutover, facts)
      if !reasons.isEmpty {
        parts.append("before cutover:\n" + reasons.map { "  " + $0 }.joined(separator: "\n"))
      }
    }
    return parts.joined(separator: "\n\n")
  }
}
