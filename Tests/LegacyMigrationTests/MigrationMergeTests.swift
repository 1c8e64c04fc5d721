import BundleModel
import BundleStore
import LegacyMigration
import LegacyStore
import TestSupport
import Testing

@Suite struct MigrationMergeTests {
  /// What one directory alone comes to.
  @Test(arguments: [
    (Stage.completed, MigrationDecision.Verdict.take, nil),
    (.failed, .take, nil),
    (.queued, .fail("interrupted before migration"), MigrationFinding.Kind.interrupted),
    (.resolving, .fail("interrupted before migration"), .interrupted),
    (.cacheHit, .fail("interrupted before migration"), .interrupted),
    (.installingDependencies, .fail("interrupted before migration"), .interrupted),
    (.packaging, .fail("interrupted before migration"), .interrupted),
  ])
  func aStageHasOneEnd(stage: Stage, verdict: MigrationDecision.Verdict, kind: MigrationFinding.Kind?) throws {
    let decision = try #require(MigrationMerge.decide([Claims.one("a", stage)], against: nil))
    #expect(decision.verdict == verdict)
    #expect(decision.findings.map(\.kind) == (kind.map { [$0] } ?? []))
    #expect(decision.slug == Claims.slug)
  }

  @Test func nothingComesOfNothing() {
    #expect(MigrationMerge.decide([], against: nil) == nil)
  }

  @Test func whatWasInterruptedIsQueuedAgainOnlyWhenAsked() throws {
    let decision = try #require(MigrationMerge.decide([Claims.one("a", .packaging)], against: nil, requeue: true))
    #expect(decision.verdict == .requeue)
    #expect(decision.findings.map(\.kind) == [.interrupted])
    #expect(decision.findings[0].reason.contains("queued again"))
    // What has ended is nobody's to repeat.
    #expect(MigrationMerge.decide([Claims.one("a", .failed)], against: nil, requeue: true)?.verdict == .take)
  }

  // MARK: - Archives

  @Test func aCompletedStatusIsNeverTakenWithoutItsBytes() throws {
    let missing = try #require(MigrationMerge.decide([Claims.one("a", bytes: nil)], against: nil))
    #expect(missing.verdict == .fail("archive not found at migration"))
    #expect(missing.findings.map(\.kind) == [.archiveMissing])

    for recorded in [Claims.checksum("other").hex, "md5:1234"] {
      let wrong = try #require(MigrationMerge.decide([Claims.one("a", recorded: recorded)], against: nil))
      guard case .quarantine = wrong.verdict else {
        Issue.record("\(wrong.verdict)")
        continue
      }
      #expect(wrong.findings.map(\.kind) == [.checksumMismatch])
      #expect(wrong.findings[0].reason.contains(Claims.checksum("b").hex))
      #expect(wrong.findings[0].reason.contains(recorded))
    }
    var unsafe = Claims.one("a")
    unsafe.archive = .unsafe("the filename '..' is no name of a file")
    let refused = try #require(MigrationMerge.decide([unsafe], against: nil))
    #expect(refused.verdict == .quarantine("the filename '..' is no name of a file"))
    #expect(refused.findings.map(\.kind) == [.unsafePath])
    unsafe.archive = .unreadable("permission denied")
    #expect(MigrationMerge.decide([unsafe], against: nil)?.findings.map(\.kind) == [.unreadable])
    // Nobody recorded a checksum: there is nothing to contradict.
    var unrecorded = Claims.one("a")
    unrecorded.entry.status.checksum = nil
    #expect(MigrationMerge.decide([unrecorded], against: nil)?.verdict == .take)
  }

  // MARK: - Several directories

  @Test func theNewestCountsWhereverItIs() throws {
    let old = Claims.one("a", at: 0)
    let new = Claims.one("b", .failed, at: 1)
    for candidates in [[old, new], [new, old]] {
      let decision = try #require(MigrationMerge.decide(candidates, against: nil))
      #expect(decision.winner.source == "b")
      #expect(decision.findings.map(\.kind) == [.superseded])
      #expect(decision.findings[0].source == "a")
      #expect(decision.findings[0].path == "status/alpha.json")
      #expect(decision.findings[0].reason.contains("newer"))
    }
  }

  @Test func asNewTheCompletedOneCountsThenTheFirstNamed() throws {
    let failed = Claims.one("a", .failed)
    let completed = Claims.one("b")
    for candidates in [[failed, completed], [completed, failed]] {
      let decision = try #require(MigrationMerge.decide(candidates, against: nil))
      #expect(decision.winner.source == "b")
      #expect(decision.findings.map(\.source) == ["a"])
      #expect(decision.findings[0].reason.contains("completed"))
    }
    let other = Claims.one("b", fingerprint: "f2")
    let first = try #require(MigrationMerge.decide([Claims.one("a"), other], against: nil))
    #expect(first.winner.source == "a")
    #expect(first.findings.map(\.reason).allSatisfy { $0.contains("named first") })
    #expect(first.findings.map(\.source) == ["b"])
  }

  /// Milliseconds are all that a file can tell: what is finer must not decide.
  @Test func microsecondsDoNotDecide() throws {
    var early = Claims.one("a")
    var late = Claims.one("b", .failed)
    early.entry.status.updatedAt.microseconds += 1
    late.entry.status.updatedAt.microseconds += 999
    #expect(MigrationMerge.decide([late, early], against: nil)?.winner.source == "a")
  }

  @Test func directoriesThatAgreeAreNotListed() throws {
    let decision = try #require(MigrationMerge.decide(["a", "b", "c"].map { Claims.one($0) }, against: nil))
    #expect(decision.findings == [])
    #expect(decision.winner.source == "a")
  }

  @Test func theSameInputsWithOtherBytesAreNamedAsSuch() throws {
    let decision = try #require(
      MigrationMerge.decide(
        [
          Claims.one("a", at: 5, bytes: "x"), Claims.one("b", at: 4, bytes: "y"),
          Claims.one("c", at: 4, bytes: "x"),
        ],
        against: nil))
    #expect(decision.winner.source == "a")
    #expect(decision.findings.map(\.source) == ["b", "c"])
    #expect(decision.findings.map(\.kind) == [.conflictingArchive, .superseded])
    // Also when everything else is the same.
    let twins = try #require(
      MigrationMerge.decide([Claims.one("a", bytes: "x"), Claims.one("b", bytes: "y")], against: nil))
    #expect(twins.findings.map(\.kind) == [.conflictingArchive])
  }

  // MARK: - The older map

  @Test func aFileOfItsOwnCountsBeforeAnyMember() throws {
    let file = Claims.one("a", .failed, at: 0)
    let member = Claims.one("a", at: 100, key: "k")
    for candidates in [[file, member], [member, file]] {
      let decision = try #require(MigrationMerge.decide(candidates, against: nil))
      #expect(decision.winner.entry.file.path == "status/alpha.json")
      #expect(decision.findings.map(\.kind) == [.duplicate])
      #expect(decision.findings[0].path == "status.json#k")
    }
    // The member lost at home: it does not count elsewhere either, though it is the newest of all.
    let decision = try #require(
      MigrationMerge.decide([file, member, Claims.one("b", at: 50)], against: nil))
    #expect(decision.winner.source == "b")
    #expect(decision.findings.map(\.kind) == [.duplicate, .superseded])
  }

  // MARK: - The database

  /// (row, verdict, whether it is told)
  @Test(arguments: [
    (Claims.row(at: 1), MigrationDecision.Verdict.keep, true),
    (Claims.row(.failed, at: 1), .keep, true),
    (Claims.row(at: -1), .take, false),
    // The row of an earlier run, whatever its microseconds are.
    (Claims.row(at: 0), .known, false), (Claims.row(at: 0, micro: 999), .known, false),
    // As new, and of something else.
    (Claims.row(at: 0, fingerprint: "f2"), .take, false), (Claims.row(.failed, at: 0), .take, false),
    (Claims.row(at: 0, bytes: "other"), .take, false), (Claims.row(at: 0, bytes: nil), .take, false),
    // Ours, or at work: nothing may be written over it.
    (Claims.row(at: -100, isOurs: true), .keep, true), (Claims.row(at: 0, isOurs: true), .known, false),
    (Claims.row(.queued, at: -100, hasActiveJob: true), .keep, true),
    (Claims.row(.running, at: 0, isOurs: true, hasActiveJob: true), .keep, true),
  ])
  func theDatabaseIsNeverPutBack(row: MigrationRow, verdict: MigrationDecision.Verdict, isTold: Bool) throws {
    let decision = try #require(MigrationMerge.decide([Claims.one("a")], against: row))
    #expect(decision.verdict == verdict, "\(row)")
    #expect(decision.findings.map(\.kind) == (isTold ? [.newerInDatabase] : []), "\(row)")
  }

  /// One finding for each file, whatever is wrong with it besides.
  @Test func damageThatDecidesNothingIsNotTold() throws {
    let row = Claims.row(at: 10)
    #expect(
      MigrationMerge.decide([Claims.one("a", .packaging)], against: row)?.findings.map(\.kind) == [.newerInDatabase]
    )
    #expect(
      MigrationMerge.decide([Claims.one("a", bytes: nil)], against: row)?.findings.map(\.kind) == [.newerInDatabase]
    )
  }

  @Test func wordsOfFilesReachNoTerminal() throws {
    var one = Claims.one("a", bytes: nil)
    one.entry.status.filename = "\u{1B}]0;title\u{7}.tgz"
    let reason = try #require(MigrationMerge.decide([one], against: nil)?.findings.first?.reason)
    #expect(!reason.unicodeScalars.contains { UntrustedText.isHarmful($0) })
  }
}
