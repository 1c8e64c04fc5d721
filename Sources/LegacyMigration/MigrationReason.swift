internal import BundleModel
internal import BundleStore
internal import LegacyStore

/// The words in which a plan tells what it found: what it is, against what, and what becomes of it.
enum MigrationReason {
  /// Nil when both say the same.
  static func ofLoser(_ loser: MigrationCandidate, against winner: MigrationCandidate) -> MigrationFinding? {
    let theirs = "\(winner.source)/\(winner.entry.file.path)"
    if loser.status.state == .completed, winner.status.state == .completed,
      loser.status.fingerprint == winner.status.fingerprint, let mine = loser.archiveChecksum,
      let other = winner.archiveChecksum, mine != other
    {
      return loser.finding(
        .conflictingArchive,
        "its archive has the SHA-256 \(short(mine.hex)), that of \(winner.source) \(short(other.hex)), for the same "
          + "fingerprint; that one counts, this one stays where it is")
    }
    guard !loser.agrees(with: winner) else { return nil }
    let why =
      loser.status.updatedAt.milliseconds < winner.status.updatedAt.milliseconds
      ? "is newer and counts"
      : winner.counts(before: loser)
        ? "is as new, and counts because it \(winner.status.state == .completed ? "is completed" : "has ended")"
        : "is as new, was named first, and counts"
    return loser.finding(.superseded, "\(told(loser)) here; \(theirs), \(told(winner)), \(why)")
  }

  static func ofDuplicate(_ loser: MigrationCandidate, beside winner: MigrationCandidate) -> MigrationFinding {
    let why = winner.isMember ? "is newer" : "is a file of its own"
    let words = loser.agrees(with: winner) ? "the same as" : "\(told(loser)) here;"
    return loser.finding(
      .duplicate, "\(words) \(winner.entry.file.path), \(told(winner)), which \(why) and counts")
  }

  static func ofNewerRow(_ row: MigrationRow, than winner: MigrationCandidate) -> MigrationFinding? {
    let why =
      row.hasActiveJob
      ? "a job is queued or at work for it"
      : row.isOurs ? "it comes of an attempt of a pod of ours" : "it is newer"
    return winner.finding(
      .newerInDatabase,
      "\(told(winner)) here, \(row.state.rawValue) at \(row.updatedAt.iso8601) in the database, where \(why): the "
        + "row stays")
  }

  static func ofInterrupted(_ winner: MigrationCandidate, requeue: Bool) -> MigrationFinding {
    winner.finding(
      .interrupted,
      "was \(winner.status.stage.rawValue) at \(winner.status.updatedAt.iso8601) when its pod ended; becomes "
        + (requeue ? "queued again" : "failed: \(MigrationDecision.interrupted)"))
  }

  static func ofMissing(_ winner: MigrationCandidate) -> MigrationFinding {
    winner.finding(
      .archiveMissing,
      "completed, and its archive \(winner.status.filename ?? "(of no name)") is in none of the places; becomes "
        + "failed: \(MigrationDecision.archiveNotFound)")
  }

  private static func told(_ one: MigrationCandidate) -> String {
    "\(one.status.state.rawValue) at \(one.status.updatedAt.iso8601)"
  }

  private static func short(_ hex: String) -> String { "\(hex.prefix(12))…" }
}

extension MigrationCandidate {
  /// Something to know about this status; its words may come from files, so they are made harmless here.
  func finding(_ kind: MigrationFinding.Kind, _ reason: String) -> MigrationFinding {
    MigrationFinding(
      kind: kind, source: source, path: entry.file.path, slug: status.slug,
      reason: UntrustedText.line(reason, limit: 500))
  }
}
