package import BundleModel

/// What becomes of one bundle when directories move into the database, and what a person should know of it.
package struct MigrationDecision: Equatable, Sendable {
  package var slug: Slug
  /// What counts of all that the directories say.
  package var winner: MigrationCandidate
  /// What else the directories say of it.
  package var others: [MigrationCandidate]
  package var verdict: Verdict
  /// One for each status that does not simply become a row; sound ones have none.
  package var findings: [MigrationFinding]

  package enum Verdict: Equatable, Sendable {
    /// The row becomes what the file says; a completed one with its archive.
    case take
    /// The row becomes `failed`, with this error.
    case fail(String)
    /// The row becomes `queued` again, with a job.
    case requeue
    /// The database says the same already.
    case known
    /// The database has something newer or at work: the row stays.
    case keep
    /// It cannot be taken: nothing is written.
    case quarantine(String)
  }

  /// The errors of rows that come of statuses whose life is over (contract: times are preserved).
  package static let archiveNotFound = "archive not found at migration"
  package static let interrupted = "interrupted before migration"
}
