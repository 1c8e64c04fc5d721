import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Retry", .serialized)
struct RetryTests {
  private func failed(_ slug: Slug, _ fixture: StoreFixture) async throws -> BundleStatus {
    let claim = try await fixture.claim(slug, by: fixture.worker())
    _ = try await fixture.store.report(Progress(stage: .packaging, fingerprint: Fingerprint("f1")), for: claim)
    _ = try await fixture.store.fail(claim, errorClass: .bundle, error: "broken")
    return try #require(try await fixture.status(slug))
  }

  private let audit = """
    select what, who, slug, why, result, detail ->> 'attempt', db_user = session_user, client_address is not null
      from example_bundle_operations where what in ('retry', 'force') order by id
    """

  @Test("What is still as it was seen is queued again, visibly, with one attempt more", arguments: [false, true])
  func retried(force: Bool) async throws {
    try await StoreFixture.with { fixture in
      let seen = try await failed("a", fixture)
      let answer = try await fixture.store.retry("a", seen: SeenState(seen), force: force, by: "ann", why: "try")
      #expect(answer.refusal == nil)
      #expect(answer.attempt == 2)
      #expect(answer.job?.text == seen.jobID)
      let row = try #require(try await fixture.status("a"))
      #expect(row.state == .queued && row.stage == .queued && row.attempt == 2 && row.error == nil)
      #expect(row.fingerprint.text == "f1" && row.message == "retry asked for by ann")
      #expect(
        try await fixture.lines(audit) == ["\(force ? "force" : "retry")|ann|a|try|retried|2|t|t"])
      let claim = try await fixture.claimQueued("a", by: fixture.worker())
      #expect(claim.attempt == 2 && claim.maxAttempts == 4 && claim.options.force == force)
      #expect(try await fixture.store.attempts(of: "a").last?.error == "broken")
    }
  }

  @Test("A job whose attempts are used up really runs again")
  func exhausted() async throws {
    try await StoreFixture.with { fixture in
      _ = try await fixture.store.enqueue("a", by: "me")
      for _ in 1...3 {
        let claim = try await fixture.claimQueued("a", by: fixture.worker())
        _ = try await fixture.store.fail(claim, errorClass: .storage, error: "no answer")
        try await fixture.makeDue("a")
      }
      let row = try #require(try await fixture.status("a"))
      #expect(row.state == .failed)
      #expect(try await fixture.store.retry("a", seen: SeenState(row), by: "ann").attempt == 4)
      #expect(try await fixture.claimQueued("a", by: fixture.worker()).attempt == 4)
    }
  }

  /// What changed between the look and the key press.
  enum Change: CaseIterable, Sendable {
    case queued, running, completed, unknownSlug, fingerprint, job, attempt

    var reason: String {
      switch self {
      case .queued: "it is already queued"
      case .running: "it is running on pod-b"
      case .completed: "it is completed"
      case .unknownSlug: "no bundle of this name is known"
      case .fingerprint: "it changed meanwhile: other inputs were packaged"
      case .job: "it changed meanwhile: another job failed since"
      case .attempt: "it changed meanwhile: another attempt failed since"
      }
    }

    /// Makes the change; the seen state is of before.
    func make(_ seen: inout SeenState, _ fixture: StoreFixture) async throws {
      let worker = fixture.worker("pod-b")
      switch self {
      case .queued: _ = try await fixture.store.enqueue("a", by: "bob")
      case .running: _ = try await fixture.claim("a", by: worker)
      case .completed: _ = try await fixture.store.complete(fixture.claim("a", by: worker), publication("a"))
      case .unknownSlug: try await fixture.sql("delete from example_bundle_status")
      case .fingerprint: seen.fingerprint = Fingerprint("seen long ago")!
      case .job:
        _ = try await fixture.store.fail(fixture.claim("a", by: worker), errorClass: .bundle, error: "again")
      case .attempt:
        _ = try await fixture.store.retry("a", seen: seen, by: "bob")
        let claim = try await fixture.claimQueued("a", by: worker)
        _ = try await fixture.store.fail(claim, errorClass: .bundle, error: "again")
      }
    }
  }

  @Test("What is not as it was seen is refused with the reason, and that is recorded", arguments: Change.allCases)
  func refused(change: Change) async throws {
    try await StoreFixture.with { fixture in
      var seen = SeenState(try await failed("a", fixture))
      try await change.make(&seen, fixture)
      let tables = [
        "example_bundle_status", "example_bundle_jobs", "example_bundle_attempts", "example_bundle_events",
      ]
      let read =
        tables.map { "select xmin, ctid, t::text from \($0) t" }.joined(separator: " union all ") + " order by 3"
      let before = try await fixture.lines(read)
      let answer = try await fixture.store.retry("a", seen: seen, by: "ann", why: "try")
      #expect(answer.refusal == change.reason)
      #expect(try await fixture.lines(read) == before)
      let recorded = try #require(try await fixture.lines(audit).last)
      #expect(recorded.hasPrefix("retry|ann|a|try|refused: \(change.reason)|"))
    }
  }

  @Test("What was not seen is not compared")
  func blind() async throws {
    try await StoreFixture.with { fixture in
      _ = try await failed("a", fixture)
      #expect(try await fixture.store.retry("a", seen: nil, by: "ann").refusal == nil)
    }
  }

  @Test("Many operators at once: exactly one wins, and every one is recorded")
  func race() async throws {
    try await StoreFixture.with(connections: 8) { fixture in
      let seen = SeenState(try await failed("a", fixture))
      let answers = try await withThrowingTaskGroup(of: RetryAnswer.self) { group in
        for index in 0..<8 {
          group.addTask { try await fixture.store.retry("a", seen: seen, by: "op\(index)") }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.filter { $0.refusal == nil }.count == 1)
      #expect(answers.filter { $0.refusal == "it is already queued" }.count == 7)
      #expect(try await fixture.lines(audit).count == 8)
      #expect(try await fixture.claimQueued("a", by: fixture.worker()).maxAttempts == 4)
    }
  }

  @Test("A retry and a wish at the same moment make one job", arguments: 0..<4)
  func raceWithEnqueue(round: Int) async throws {
    try await StoreFixture.with(connections: 8) { fixture in
      let seen = SeenState(try await failed("a", fixture))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<8 {
          group.addTask {
            if (index + round) % 2 == 0 {
              _ = try await fixture.store.retry("a", seen: seen, by: "ann")
            } else {
              _ = try await fixture.store.enqueue("a", by: "bob")
            }
          }
        }
        try await group.waitForAll()
      }
      let active = "select count(*) from example_bundle_jobs where state in ('queued', 'running')"
      #expect(try await fixture.value(active, as: Int.self) == 1)
      let shown = """
        select s.state, j.state, s.attempt = j.attempt + 1 from example_bundle_status s
          join example_bundle_jobs j on j.id::text = s.job_id
        """
      #expect(try await fixture.lines(shown) == ["queued|queued|t"])
    }
  }
}
