import BundleModel
import BundleStore
import LegacyMigration
import LegacyStore
import Testing

@Suite("A status file against its row")
struct StatusComparisonTests {
  /// What makes one case; anything may be changed.
  private struct Case {
    var stage = Stage.completed
    var archive = ArchiveOnDisk.found(
      LegacyFile(path: Claims.archive.path, size: 3, modifiedAt: Claims.moment(0), checksum: Claims.checksum("b")))
    var row: BundleStatus?
    var isActive = false
    var journal: JournalEntry?
    var archiveJournal: JournalEntry?

    init(_ stage: Stage = .completed, row: BundleStatus? = StatusComparisonTests.row()) {
      self.stage = stage
      self.row = row
      if stage != .completed { archive = .none }
    }

    var comparison: StatusComparison {
      let claim = Claims.one("one", stage)
      return StatusComparison(
        entry: claim.entry, archive: archive, row: row, isActive: isActive, artifact: row?.artifact,
        journal: journal, archiveJournal: archiveJournal)
    }

    var verdict: String {
      switch comparison.verdict {
      case .same: "same"
      case .superseded: "superseded"
      case .quarantined(let reason): "quarantined: \(reason)"
      case .differs(let kind, let reason): "\(kind.rawValue): \(reason)"
      }
    }
  }

  private static func artifact(_ bytes: String = "b") -> Artifact {
    Artifact(
      id: "1", slug: Claims.slug, fingerprint: Fingerprint("f1")!, checksum: Claims.checksum(bytes).hex,
      storageKind: .s3, storageKey: "k", uploadedAt: Claims.moment(0), createdAt: Claims.moment(0))
  }

  static func row(_ stage: Stage = .completed, at: Int64 = 0, micro: Int64 = 0) -> BundleStatus {
    let isDone = stage == .completed
    return BundleStatus(
      slug: Claims.slug, fingerprint: Fingerprint("f1")!, stage: stage, version: isDone ? "1.0.0" : nil,
      checksum: isDone ? Claims.checksum("b").hex : nil, filename: isDone ? "alpha-1.0.0.tgz" : nil,
      error: stage == .failed ? "e" : nil, createdAt: Claims.moment(-5),
      updatedAt: Timestamp(microseconds: Claims.moment(at).microseconds + micro),
      artifact: isDone ? artifact() : nil)
  }

  private static func journal(_ outcome: JournalEntry.Outcome, _ reason: String?, of text: String = "status")
    -> JournalEntry
  {
    JournalEntry(
      source: "one", path: "status/alpha.json", kind: .status, checksum: Claims.checksum(text), outcome: outcome,
      reason: reason)
  }

  @Test("What was moved as it is, is the same; microseconds of the database do not count")
  func same() {
    #expect(Case().verdict == "same")
    #expect(Case(row: Self.row(micro: 999)).verdict == "same")
    #expect(Case().comparison.isArchiveStored)
    var withoutArchive = Case()
    withoutArchive.archive = .missing
    #expect(withoutArchive.verdict == "same" && !withoutArchive.comparison.isArchiveStored)
  }

  @Test("A newer row, one at work and one that an attempt of ours wrote supersede the file")
  func superseded() {
    #expect(Case(row: Self.row(at: 1)).verdict == "superseded")
    var active = Case(row: Self.row(.queued, at: -9))
    active.isActive = true
    #expect(active.verdict == "superseded")
    var ours = Self.row(at: -9)
    ours.attempt = 2
    #expect(Case(row: ours).verdict == "superseded")
  }

  @Test("A row that is not there, or older, differs")
  func missing() {
    #expect(Case(row: nil).verdict == "missing-row: the database does not know it")
    #expect(Case(row: Self.row(at: -1)).verdict.hasPrefix("older-row: the file is of "))
  }

  @Test("What is on the list of quarantine is told from what differs, as long as the file is what it was")
  func quarantined() {
    var known = Case(row: nil)
    known.journal = Self.journal(.quarantined, "no name of a file")
    #expect(known.verdict == "quarantined: no name of a file")
    known.row = Self.row(at: -1)
    #expect(known.verdict == "quarantined: no name of a file")
    known.journal = Self.journal(.quarantined, "no name of a file", of: "what it was before")
    #expect(known.verdict.hasPrefix("older-row"))
    // What counts of two directories is in quarantine: the other one is not simply missing.
    var loser = Case(row: nil)
    loser.journal = Self.journal(.superseded, "newer elsewhere")
    #expect(loser.verdict == "quarantined: what counts of it, in another directory, could not be taken")
  }

  @Test("Each field of a completed row is compared")
  func fields() {
    var row = Self.row()
    row.fingerprint = Fingerprint("f2")!
    #expect(Case(row: row).verdict == "other-fields: fingerprint: the file says f1, the row f2")
    row = Self.row()
    row.version = "2"
    #expect(Case(row: row).verdict == "other-fields: version: the file says 1.0.0, the row 2")
    row = Self.row()
    row.filename = nil
    #expect(Case(row: row).verdict == "other-fields: filename: the file says alpha-1.0.0.tgz, the row nothing")
    row = Self.row()
    row.message = "m"
    #expect(Case(row: row).verdict == "other-fields: message: the file says nothing, the row m")
    row = Self.row()
    row.artifact = nil
    #expect(Case(row: row).verdict == "no-artifact: the row is completed and names no artifact")
    row = Self.row()
    row.artifact = Self.artifact("other")
    #expect(Case(row: row).verdict.hasPrefix("other-archive: artifacts/alpha/f1/alpha-1.0.0.tgz has the SHA-256 "))
    #expect(!Case(row: row).comparison.isArchiveStored)
    #expect(Case(row: Self.row(.queued)).verdict == "other-fields: state: the file says completed, the row queued")
  }

  @Test("Of two directories with one moment only one can be the row, and the journal knows which")
  func tie() {
    var row = Self.row()
    row.version = "2"
    var loser = Case(row: row)
    loser.journal = Self.journal(.superseded, "the database has another one of the same moment")
    #expect(loser.verdict == "superseded")
    loser.journal = Self.journal(.taken, nil)
    #expect(loser.verdict.hasPrefix("other-fields"))
  }

  @Test("A completed status without its archive is right as a failed row that says why")
  func archiveMissing() {
    var failed = Self.row(.failed)
    failed.error = MigrationDecision.archiveNotFound
    var lost = Case(row: failed)
    lost.archive = .missing
    #expect(lost.verdict == "same")
    lost.archive = Case().archive
    #expect(lost.verdict == "other-fields: state: the file says completed, the row failed")
    lost.archive = .unusable("a symlink")
    #expect(lost.verdict == "same" && lost.comparison.archiveQuarantine == "a symlink")
  }

  @Test(
    "What was at work when its pod died is right as a failed row that says so",
    arguments: [
      Stage.queued, .resolving, .packaging,
    ])
  func interrupted(stage: Stage) {
    var failed = Self.row(.failed)
    failed.error = MigrationDecision.interrupted
    #expect(Case(stage, row: failed).verdict == "same")
    failed.error = "something else"
    #expect(Case(stage, row: failed).verdict.hasPrefix("other-fields: state"))
  }

  @Test("A failed status keeps its error, which the database keeps free of control bytes")
  func failed() {
    var row = Self.row(.failed)
    row.error = nil
    #expect(Case(.failed, row: row).verdict == "same")
    var claim = Claims.one("one", .failed)
    claim.entry.status.error = "bad\u{1B}[2J"
    row.error = "bad\u{FFFD}[2J"
    #expect(StatusComparison(entry: claim.entry, archive: .none, row: row).verdict == .same)
    row.error = "worse"
    #expect(StatusComparison(entry: claim.entry, archive: .none, row: row).verdict != .same)
  }
}
