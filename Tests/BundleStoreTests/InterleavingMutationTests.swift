import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

/// A clause of a statement that somebody dropped.
struct InterleavingMutant: Sendable, CustomTestStringConvertible {
  var action: StoreAction
  var clause: String
  var replacement: String
  /// Where to look for the harm; the pairs of this state in which the action takes part.
  var starts: [InterleavingStart]

  var testDescription: String { "\(action.rawValue): `\(clause)` becomes `\(replacement)`" }
}

@Suite("The interleavings notice what is broken", .serialized)
struct InterleavingMutationTests {
  /// The state in which a clause of a fence is needed: the job taken over by the same process, run by another than the
  /// one that writes, ended; or about to be taken over.
  private static func starts(_ kills: LostClaim?) -> [InterleavingStart] {
    switch kills {
    case nil: [.expired]
    case .takenOver: [.takenOver]
    case .takenOverByItself: [.takenOverByItself]
    case .otherOwner: [.running]
    case .completed, .failed, .waitsForNextAttempt, .givenBack, .unknownJob: [.failed]
    }
  }

  /// The mutants of `FenceTests` (but for pods that keep bundles in files: their rows are of another life), and the locks and guards of those who are not fenced.
  static let mutants: [InterleavingMutant] =
    FenceTests.mutants.filter { $0.write != .completeInFiles }.map {
      InterleavingMutant(
        action: action(of: $0.write), clause: $0.clause, replacement: $0.replacement, starts: starts($0.kills))
    } + [
      .init(action: .claim, clause: "and attempt < $6::int", replacement: "and $6::int > 0", starts: [.poison]),
      .init(
        action: .claim, clause: "and attempt < max_attempts", replacement: "and false",
        starts: [.queued]),
      .init(
        action: .claim, clause: "case j.state when 'running' then 1 else 0 end", replacement: "0",
        starts: [.expired]),
      .init(
        action: .claim, clause: "a.job_id = c.id and a.attempt < c.attempt",
        replacement: "a.job_id = c.id and false",
        starts: [.expired]),
      .init(
        action: .enqueue, clause: "state in ('queued', 'running') for no key update",
        replacement: "state in ('queued', 'running')", starts: [.running, .queued]),
      .init(
        action: .enqueue, clause: "exception when unique_violation then",
        replacement: "exception when no_data_found then",
        starts: [.failed]),
      .init(
        action: .cancel, clause: "for look in 1..2 loop", replacement: "for look in 1..1 loop", starts: [.wish]),
      .init(
        action: .cancel,
        clause: "where jobs.slug = p_slug and jobs.state in ('queued', 'running') for no key update",
        replacement: "where jobs.slug = p_slug and jobs.state in ('queued', 'running')", starts: [.running]),
      .init(
        action: .retry, clause: "where st.slug = p_slug for no key update", replacement: "where st.slug = p_slug",
        starts: [.failed]),
      .init(
        action: .endPoison, clause: "and attempt >= p_cap", replacement: "", starts: [.expired]),
    ]

  /// Nothing can come of these alone, and why.
  static let equivalents: [InterleavingMutant] = [
    // The table's check: who is not running has no owner, so no owner is the right one.
    .init(
      action: .complete, clause: "and state = 'running' returning", replacement: "returning", starts: [.failed]),
    .init(action: .fail, clause: "and state = 'running' returning", replacement: "returning", starts: [.failed]),
    .init(
      action: .giveBack, clause: "and state = 'running' returning", replacement: "returning", starts: [.failed]),
    .init(action: .renew, clause: "and j.state = 'running'", replacement: "", starts: [.failed]),
    .init(action: .progress, clause: "and state = 'running' for", replacement: "for", starts: [.failed]),
  ]

  private static func action(of write: FencedWrite) -> StoreAction {
    switch write {
    case .progress: .progress
    case .renew: .renew
    case .complete, .completeInFiles: .complete
    case .fail: .fail
    case .giveBack: .giveBack
    }
  }

  @Test("when a clause is dropped", arguments: mutants)
  func noticed(mutant: InterleavingMutant) async throws {
    #expect(try await complaints(mutant).isEmpty == false)
  }

  @Test("unless another clause says the same", arguments: equivalents)
  func equivalent(mutant: InterleavingMutant) async throws {
    #expect(try await complaints(mutant) == [])
  }

  private func complaints(_ mutant: InterleavingMutant) async throws -> [String] {
    try await StoreFixture.with { fixture in
      var arena = try await InterleavingArena(fixture)
      let original = try await Self.apply(mutant, &arena, fixture)
      var complaints: [String] = []
      for (number, start) in mutant.starts.enumerated() where complaints.isEmpty {
        let cases = try InterleavingCase.pairs(start).filter { one in
          try one.programs.contains { try $0.actions.contains { try $0.action == mutant.action } }
        }
        complaints = try await arena.explore(cases, name: "m\(number)", stopAtFirst: true).complaints
      }
      await arena.close()
      if let original { try await fixture.raw.script(original) }
      return complaints
    }
  }

  /// Replaces the clause in the function that the statement calls, or in the statement itself; returns the function as
  /// it was.
  private static func apply(_ mutant: InterleavingMutant, _ arena: inout InterleavingArena, _ fixture: StoreFixture)
    async throws -> String?
  {
    let sql = mutant.action.sql
    if sql.contains(mutant.clause) {
      arena.replacements[mutant.action] = replacing(mutant, sql)
      return nil
    }
    for function in [mutant.action.rawValue, "bundletop_enqueue_any"] where sql.contains(mutant.action.rawValue) {
      let text = try await fixture.value(
        "select pg_get_functiondef(oid) from pg_proc where proname = $1", [.text(function)], as: String.self)
      guard let text, text.contains(mutant.clause) else { continue }
      try await fixture.raw.script(replacing(mutant, text))
      return text
    }
    throw TestSupportError("there is no clause `\(mutant.clause)` in \(mutant.action.rawValue)")
  }

  private static func replacing(_ mutant: InterleavingMutant, _ text: String) -> String {
    guard let range = text.firstRange(of: mutant.clause) else { return text }
    return String(text[..<range.lowerBound]) + mutant.replacement + String(text[range.upperBound...])
  }
}
