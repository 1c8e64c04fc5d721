internal import BundleModel
internal import LegacyMigration

/// A plan as people read it: what is there, what was found, and, last because that is where the eye is, what it
/// comes to.
enum PlanReport {
  static func text(_ plan: MigrationPlan) -> String {
    let parts = [table(plan.sources), archives(plan.sources), FindingTable.text(plan.findings), summary(plan)]
    return parts.compactMap(\.self).joined(separator: "\n\n")
  }

  private static func table(_ sources: [SourceCount]) -> String {
    var table = TextTable([
      ("DIRECTORY", .left), ("FILES", .right), ("STATUS.JSON", .right), ("COMPLETED", .right), ("FAILED", .right),
      ("RUNNING", .right), ("QUEUED", .right), ("DEFECTS", .right), ("ARCHIVES", .right), ("BYTES", .right),
    ])
    for one in sources {
      func state(_ state: BundleState) -> String { "\(one.states[state] ?? 0)" }
      table.add([
        one.source.id, "\(one.files)", "\(one.members)", state(.completed), state(.failed), state(.running),
        state(.queued), "\(one.defects)", "\(one.archivesFound)", HumanText.size(one.archiveBytes),
      ])
    }
    return table.text
  }

  /// Where archives were found, when not all are where AppHub puts them now; nil otherwise.
  private static func archives(_ sources: [SourceCount]) -> String? {
    var places: [Int: Int] = [:]
    for one in sources { places.merge(one.archives) { $0 + $1 } }
    guard places.contains(where: { $0.key != 1 && $0.value > 0 }) else { return nil }
    let names = [
      "artifacts/SLUG/FINGERPRINT/FILE", "artifacts/SLUG/FILE", "SLUG/FINGERPRINT/FILE", "SLUG/FILE", "FILE",
    ]
    var table = TextTable([("ARCHIVES", .right), ("FOUND AT", .left)])
    for (index, name) in names.enumerated() {
      if let count = places[index + 1], count > 0 { table.add(["\(count)", name]) }
    }
    return table.text
  }

  private static func summary(_ plan: MigrationPlan) -> String {
    let outcomes = plan.outcomes
    let counts: [(Int, String)] = [
      (outcomes.taken, "to be taken as they are"), (outcomes.failed, "to be taken as failed"),
      (outcomes.requeued, "to be queued again"), (outcomes.known, "already in the database"),
      (outcomes.kept, "newer in the database"), (outcomes.quarantined, "cannot be taken"),
    ]
    let told = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let directories = plan.sources.count == 1 ? "1 directory" : "\(plan.sources.count) directories"
    var lines = [
      "\(outcomes.bundles) bundle\(outcomes.bundles == 1 ? "" : "s") in \(directories)"
        + (told.isEmpty ? "" : ": " + told.joined(separator: ", "))
    ]
    let kinds = plan.kinds.map { "\($0.count) \($0.kind.rawValue)" }
    let found = plan.findings.count
    lines.append(
      found == 0
        ? "nothing to look at" : "\(found) finding\(found == 1 ? "" : "s"): " + kinds.joined(separator: ", "))
    lines.append("nothing was written; `bundletop migrate run` does it")
    return lines.joined(separator: "\n")
  }
}
