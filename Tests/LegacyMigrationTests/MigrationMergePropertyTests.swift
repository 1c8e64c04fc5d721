import BundleModel
import BundleStore
import LegacyMigration
import LegacyStore
import TestSupport
import Testing

/// What holds of every merge, tried with random directories that disagree in every way.
@Suite struct MigrationMergePropertyTests {
  @Test(arguments: 1...20) func everyMergeKeepsTheRules(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<500 {
      let candidates = someCandidates(&random)
      let row = random.chance(60) ? someRow(&random) : nil
      let decision = try #require(MigrationMerge.decide(candidates, against: row))
      check(decision, candidates, row)

      // Another order of reading changes nothing but what only the order decides: equals of two directories.
      let shuffled = try #require(MigrationMerge.decide(candidates.shuffled(using: &random), against: row))
      let (one, other) = (decision.winner, shuffled.winner)
      #expect(one.status.updatedAt == other.status.updatedAt && rank(one) == rank(other))
      #expect(candidates.count == 1 || one.isMember == other.isMember || one.source != other.source)
    }
  }

  private func rank(_ one: MigrationCandidate) -> Int {
    one.status.state == .completed ? 2 : one.status.state == .failed ? 1 : 0
  }

  private func check(_ decision: MigrationDecision, _ candidates: [MigrationCandidate], _ row: MigrationRow?) {
    let winner = decision.winner
    // No file is named twice, and the words are there.
    let named = decision.findings.map { "\($0.source) \($0.path ?? "")" }
    #expect(Set(named).count == named.count)
    #expect(decision.findings.allSatisfy { !$0.reason.isEmpty && !$0.reason.contains("\n") })
    // None is lost: who does not win says the same, or is named.
    for one in candidates where one != winner && !one.agrees(with: winner) {
      #expect(named.contains("\(one.source) \(one.entry.file.path)"), "\(one)")
    }
    // Nobody who could count is newer than the winner.
    for one in candidates where !one.isMember {
      #expect(one.status.updatedAt <= winner.status.updatedAt)
    }
    // Never a completed row without its bytes, nor with others than recorded.
    if decision.verdict == .take, winner.status.state == .completed {
      guard case .found(_, let checksum) = winner.archive else {
        Issue.record("completed without an archive: \(winner)")
        return
      }
      #expect(winner.status.checksum == nil || winner.status.checksum == checksum.hex)
    }
    // A row that is newer, ours or at work stays.
    guard let row else { return }
    switch decision.verdict {
    case .take, .fail, .requeue, .quarantine:
      #expect(!row.hasActiveJob && !row.isOurs)
      #expect(row.updatedAt.microseconds / 1000 <= winner.status.updatedAt.microseconds / 1000)
    case .known: #expect(decision.findings.allSatisfy { $0.source != winner.source || $0.kind == .duplicate })
    case .keep: #expect(decision.findings.contains { $0.kind == .newerInDatabase })
    }
  }

  /// One file for each of some directories, and now and then a member beside it.
  private func someCandidates(_ random: inout SeededRandom) -> [MigrationCandidate] {
    var found: [MigrationCandidate] = []
    for source in ["a", "b", "c", "d"].prefix(Int.random(in: 1...4, using: &random)) {
      let hasFile = random.chance(80)
      if hasFile { found.append(some(source, nil, &random)) }
      if !hasFile || random.chance(20) { found.append(some(source, "k", &random)) }
    }
    return found
  }

  private func some(_ source: String, _ key: String?, _ random: inout SeededRandom) -> MigrationCandidate {
    let stage: Stage = random.chance(70) ? .completed : Stage.allCases.randomElement(using: &random) ?? .failed
    var one = Claims.one(
      source, stage, at: Int64.random(in: 0...3, using: &random), fingerprint: random.chance(70) ? "f1" : "f2",
      bytes: random.chance(85) ? (random.chance(70) ? "x" : "y") : nil,
      recorded: random.chance(10) ? "nonsense" : nil, key: key)
    if stage == .completed, random.chance(10) {
      one.archive = random.chance(50) ? .unsafe("'..'") : .unreadable("denied")
    }
    return one
  }

  private func someRow(_ random: inout SeededRandom) -> MigrationRow {
    Claims.row(
      BundleState.allCases.randomElement(using: &random) ?? .failed, at: Int64.random(in: -1...4, using: &random),
      micro: Int64.random(in: 0...999, using: &random), isOurs: random.chance(20), hasActiveJob: random.chance(10),
      bytes: random.chance(80) ? "x" : nil)
  }
}
