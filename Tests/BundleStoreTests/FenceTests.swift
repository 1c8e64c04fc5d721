import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Fence", .serialized)
struct FenceTests {
  @Test("Who has lost a job changes nothing at all", arguments: LostClaim.allCases)
  func lost(claim kind: LostClaim) async throws {
    try await StoreFixture.with { fixture in
      let claim = try await kind.make(fixture)
      let before = try await TableDump.read(fixture.raw)
      for write in FencedWrite.allCases {
        #expect(try await write.isRefused(claim, fixture.store), "\(write)")
        let after = try await TableDump.read(fixture.raw)
        #expect(after == before, "\(write): \(before.difference(after))")
      }
    }
  }

  @Test(
    "A write sent while the takeover is not committed yet waits, and then changes nothing",
    arguments: FencedWrite.allCases)
  func whileTakingOver(write: FencedWrite) async throws {
    try await StoreFixture.with { fixture in
      let zombie = try await fixture.claim("a", by: fixture.worker("pod-a"))
      let harm = try await zombieWrite(fixture, zombie) { try await write.isRefused(zombie, fixture.store) }
      #expect(harm == nil)
    }
  }

  @Test("The holder may write", arguments: FencedWrite.allCases)
  func holder(write: FencedWrite) async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      let before = try await TableDump.read(fixture.raw)
      #expect(try await !write.isRefused(claim, fixture.store))
      #expect(try await TableDump.read(fixture.raw) != before)
    }
  }

  /// Each clause of each fence, and what becomes of it when somebody drops it.
  struct Mutant: Sendable, CustomTestStringConvertible {
    var write: FencedWrite
    var clause: String
    var replacement: String
    var kills: LostClaim?

    var testDescription: String { "\(write.rawValue) without `\(clause)`" }
  }

  /// `kills` nil: only the write during the takeover shows the harm.
  ///
  /// Dropping `state = 'running'` harms nothing while the table's check holds that only a running job has an owner;
  /// `LostClaim.completed` and its neighbours guard the two together.
  static let mutants: [Mutant] = [
    Mutant(
      write: .progress, clause: "attempt = $2::int and owner", replacement: "owner", kills: .takenOverByItself),
    Mutant(
      write: .progress, clause: "and owner = $3::uuid", replacement: "and $3::uuid is not null", kills: .otherOwner),
    Mutant(write: .progress, clause: "for no key update", replacement: "", kills: nil),
    Mutant(
      write: .renew, clause: "and j.attempt = held.attempt", replacement: "and held.attempt > 0",
      kills: .takenOverByItself),
    Mutant(
      write: .renew, clause: "and j.owner = $1::uuid", replacement: "and $1::uuid is not null", kills: .otherOwner),
    Mutant(
      write: .complete, clause: "and attempt = p_attempt and owner", replacement: "and owner",
      kills: .takenOverByItself),
    Mutant(write: .complete, clause: "and owner = p_owner", replacement: "", kills: .otherOwner),
    Mutant(
      write: .completeInFiles, clause: "and attempt = p_attempt and owner", replacement: "and owner",
      kills: .takenOverByItself),
    Mutant(write: .completeInFiles, clause: "and owner = p_owner", replacement: "", kills: .otherOwner),
    Mutant(
      write: .completeInFiles, clause: "and owner = p_owner and state = 'running'", replacement: "", kills: .failed),
    Mutant(
      write: .fail, clause: "and attempt = p_attempt and owner", replacement: "and owner", kills: .takenOverByItself
    ),
    Mutant(write: .fail, clause: "and owner = p_owner", replacement: "", kills: .otherOwner),
    Mutant(
      write: .giveBack, clause: "and attempt = p_attempt and owner", replacement: "and owner",
      kills: .takenOverByItself),
    Mutant(write: .giveBack, clause: "and owner = p_owner", replacement: "", kills: .otherOwner),
    Mutant(
      write: .complete, clause: "and owner = p_owner and state = 'running'", replacement: "", kills: .completed),
    Mutant(write: .fail, clause: "and owner = p_owner and state = 'running'", replacement: "", kills: .failed),
    Mutant(
      write: .giveBack, clause: "and owner = p_owner and state = 'running'", replacement: "", kills: .givenBack),
  ]

  @Test("Every clause is needed: without it a zombie writes", arguments: mutants)
  func mutation(mutant: Mutant) async throws {
    try await StoreFixture.with { fixture in
      var sql = mutant.write.sql
      var original: String?
      if let function = mutant.write.function {
        let text = try #require(
          try await fixture.value(
            "select pg_get_functiondef(oid) from pg_proc where proname = $1", [.text(function)], as: String.self))
        try #require(text.contains(mutant.clause))
        original = text
        try await fixture.raw.script(replacing(mutant.clause, with: mutant.replacement, in: text))
      } else {
        try #require(sql.contains(mutant.clause))
        sql = replacing(mutant.clause, with: mutant.replacement, in: sql)
      }
      let write = mutant.write
      let statement = sql
      if let kind = mutant.kills {
        let claim = try await kind.make(fixture)
        let before = try await TableDump.read(fixture.raw)
        try await fixture.sql(statement, write.parameters(claim))
        #expect(try await TableDump.read(fixture.raw) != before)
      } else {
        let zombie = try await fixture.claim("a", by: fixture.worker("pod-a"))
        let other = try await fixture.connect()
        let harm = try await zombieWrite(fixture, zombie) {
          try await other.query(statement, write.parameters(zombie)).isEmpty
        }
        await other.close()
        #expect(harm != nil)
      }
      if let original { try await fixture.raw.script(original) }
    }
  }

  /// Sends a write of an attempt while the transaction that takes its job over is open, then commits that.
  ///
  /// - Returns: what went wrong, nil when the write waited and changed nothing.
  private func zombieWrite(
    _ fixture: StoreFixture, _ zombie: Claim, _ send: @Sendable @escaping () async throws -> Bool
  ) async throws -> String? {
    try await fixture.expire(zombie.job)
    let other = try await fixture.connect()
    let owner = fixture.worker("pod-b").owner.text
    do {
      let (taken, sent) = try await other.transaction { other in
        let rows = try await other.query(
          SQLText.claim, [.text(owner), "pod-b", "30 s", .textArray([zombie.slug.text]), 1, 5])
        #expect(rows.count == 1)
        let sent = Task { try await send() }
        try await fixture.waitForLockWaiters(1)
        return (try await TableDump.read(other), sent)
      }
      let wasRefused = try await sent.value
      await other.close()
      let after = try await TableDump.read(fixture.raw)
      if after != taken { return "it changed \(taken.difference(after))" }
      return wasRefused ? nil : "it was told that it had written"
    } catch {
      await other.close()
      throw error
    }
  }

  private func replacing(_ part: String, with other: String, in text: String) -> String {
    guard let range = text.firstRange(of: part) else { return text }
    return text.replacingCharacters(range, with: other)
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: Range<String.Index>, with other: String) -> String {
    String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
