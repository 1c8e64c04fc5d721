internal import BundleModel
package import BundleStore
internal import LegacyStore

/// Decides, without looking at anything, what becomes of a bundle of which several directories speak.
package enum MigrationMerge {
  /// - Parameters:
  ///   - candidates: at least one; in the order in which the directories were named, which decides what nothing
  ///     else does.
  ///   - row: what the database has of the bundle.
  ///   - requeue: what was interrupted is queued again.
  package static func decide(
    _ candidates: [MigrationCandidate], against row: MigrationRow?, requeue: Bool = false
  ) -> MigrationDecision? {
    var findings: [MigrationFinding] = []
    let spokesmen = oneOfEachSource(candidates, &findings)
    guard var winner = spokesmen.first else { return nil }
    for one in spokesmen.dropFirst() where one.counts(before: winner) { winner = one }
    for loser in spokesmen where loser.source != winner.source {
      if let finding = MigrationReason.ofLoser(loser, against: winner) { findings.append(finding) }
    }
    let (verdict, finding) = verdict(on: winner, against: row, requeue: requeue)
    if let finding { findings.append(finding) }
    let others = candidates.filter { $0.source != winner.source || $0.entry.file.path != winner.entry.file.path }
    return MigrationDecision(
      slug: winner.status.slug, winner: winner, others: others, verdict: verdict, findings: findings)
  }

  /// In one directory a file of its own counts before any member of `status.json`, however old it is: AppHub wrote
  /// the map first. Of several members the newest counts.
  private static func oneOfEachSource(
    _ candidates: [MigrationCandidate], _ findings: inout [MigrationFinding]
  ) -> [MigrationCandidate] {
    var chosen: [MigrationCandidate] = []
    for one in candidates {
      guard let place = chosen.firstIndex(where: { $0.source == one.source }) else {
        chosen.append(one)
        continue
      }
      let other = chosen[place]
      let wins = one.isMember == other.isMember ? one.counts(before: other) : other.isMember
      if wins { chosen[place] = one }
      findings.append(MigrationReason.ofDuplicate(wins ? other : one, beside: wins ? one : other))
    }
    return chosen
  }

  private static func verdict(
    on winner: MigrationCandidate, against row: MigrationRow?, requeue: Bool
  ) -> (MigrationDecision.Verdict, MigrationFinding?) {
    let row = row.map { (row: $0, stays: staysAsItIs($0, winner.status.updatedAt)) }
    if let row, row.stays { return (.keep, MigrationReason.ofNewerRow(row.row, than: winner)) }
    let isKnown = row.map { says($0.row, theSameAs: winner) } ?? false
    if isKnown { return (.known, nil) }
    switch winner.status.state {
    case .failed: return (.take, nil)
    case .queued, .running:
      return (
        requeue ? .requeue : .fail(MigrationDecision.interrupted),
        MigrationReason.ofInterrupted(winner, requeue: requeue)
      )
    case .completed: return ofArchive(winner)
    }
  }

  private static func ofArchive(
    _ winner: MigrationCandidate
  ) -> (MigrationDecision.Verdict, MigrationFinding?) {
    func quarantine(_ kind: MigrationFinding.Kind, _ reason: String) -> (
      MigrationDecision.Verdict, MigrationFinding?
    ) {
      (.quarantine(reason), winner.finding(kind, reason + "; it is not taken"))
    }
    switch winner.archive {
    case .found(let archive, let checksum):
      guard let recorded = winner.status.checksum, recorded != checksum.hex else { return (.take, nil) }
      return quarantine(
        .checksumMismatch, "\(archive.path) has the SHA-256 \(checksum), its status recorded \(recorded)")
    case .none, .missing:
      return (.fail(MigrationDecision.archiveNotFound), MigrationReason.ofMissing(winner))
    case .unsafe(let reason): return quarantine(.unsafePath, reason)
    case .unreadable(let reason): return quarantine(.unreadable, reason)
    }
  }

  /// The database decides: it has something newer (compared at milliseconds, which is all that files can tell), an
  /// attempt of ours wrote the row, or a job is at work.
  private static func staysAsItIs(_ row: MigrationRow, _ updatedAt: Timestamp) -> Bool {
    let isEqual = row.updatedAt.milliseconds == updatedAt.milliseconds
    if row.hasActiveJob { return true }
    // A follower wrote the file from the row: no disagreement.
    if row.isOurs { return !isEqual }
    return row.updatedAt.milliseconds > updatedAt.milliseconds
  }

  /// The row is what the status says, and a completed one has the archive's bytes.
  private static func says(_ row: MigrationRow, theSameAs winner: MigrationCandidate) -> Bool {
    guard row.updatedAt.milliseconds == winner.status.updatedAt.milliseconds else { return false }
    if row.isOurs { return true }
    guard row.state == winner.status.state, row.fingerprint == winner.status.fingerprint else { return false }
    return row.state != .completed || (row.archive != nil && row.archive == winner.archiveChecksum?.hex)
  }
}
