import BundleModel
import TestSupport
import Testing

@testable import S3

@Suite struct RetryBudgetTests {
  @Test(arguments: [
    (S3Error.Kind.timeout, false, 10), (.throttled, false, 5), (.serverError, false, 5), (.transport, false, 5),
    (.timeout, true, 1), (.transport, true, 1),
  ])
  func costs(_ kind: S3Error.Kind, _ isResumption: Bool, _ cost: Int) {
    #expect(RetryBudget.cost(of: kind, isResumption: isResumption) == cost)
  }

  @Test func emptiesAndFills() {
    var budget = RetryBudget(capacity: 12)
    let first = budget.spend(10)
    let second = budget.spend(5)
    #expect(first && !second)
    #expect(budget.tokens == 2, "a refused try was charged")
    budget.refund(0)
    #expect(budget.tokens == 3)
    budget.refund(10)
    #expect(budget.tokens == 12, "more than the bucket holds")
  }

  @Test func neverLeavesItsBounds() {
    var random = SeededGenerator(seed: 11)
    var budget = RetryBudget()
    for _ in 0..<5000 {
      let cost = Int.random(in: 0...10, using: &random)
      if Bool.random(using: &random) { _ = budget.spend(cost) } else { budget.refund(cost) }
      #expect((0...500).contains(budget.tokens))
    }
  }

  /// 500 tokens are a hundred tries more, however many calls want three each.
  @Test func aServerInTroubleIsSpared() async throws {
    let server = try ScriptedServer(.answer(500))
    defer { server.stop() }
    let client = try scriptedClient(of: server)
    for _ in 0..<50 {
      let error = await failure { () throws(S3Error) in try await client.headBucket("bucket") }
      #expect(error?.kind == .serverError)
    }
    #expect(server.requests.count == 150)
  }

  @Test(arguments: [
    ("0", Duration.zero), ("3", .seconds(3)), (" 120 ", .seconds(120)), ("", nil), ("-1", nil), ("1.5", nil),
    ("soon", nil), ("Fri, 02 Jan 2026 03:04:15 GMT", .seconds(10)), ("Fri, 02 Jan 2026 03:04:00 GMT", .zero),
    ("Fri, 99 Jan 2026 03:04:15 GMT", nil),
  ])
  func retryAfter(_ text: String, _ delay: Duration?) throws {
    let now = try #require(Timestamp(iso8601: "2026-01-02T03:04:05Z"))
    #expect(RetryAfter.delay(text, now: now) == delay)
  }

  /// A wait that no budget allows ends the call instead of trapping.
  @Test(arguments: ["99999999999999999999999999", "9223372036854775807", "Fri, 31 Dec 9999 23:59:59 GMT"])
  func endlessRetryAfter(_ value: String) async throws {
    let server = try ScriptedServer(.answer(503, headers: ["Retry-After: \(value)"]))
    defer { server.stop() }
    let client = try scriptedClient(of: server)
    let error = await failure { () throws(S3Error) in try await client.headBucket("bucket") }
    #expect(error?.kind == .throttled)
    #expect(server.requests.count == 1)
  }

  /// A download that had begun is bounded by time and resumptions, not by attempts.
  @Test func downloadsThatHadBegun() {
    let policy = RetryPolicy(maxAttempts: 2, budget: .seconds(1), resumeBudget: .seconds(60), maxResumptions: 9)
    func decide(_ kind: S3Error.Kind, elapsed: Duration = .zero, resumptions: Int?) -> Bool {
      let failure = RetryPolicy.Failure(attempt: 5, kind: kind, elapsed: elapsed, resumptions: resumptions)
      return policy.decide(failure, random: 0) != .giveUp
    }
    #expect(!decide(.transport, resumptions: nil))
    #expect(decide(.transport, resumptions: 1))
    #expect(decide(.transport, elapsed: .seconds(59), resumptions: 8))
    #expect(!decide(.transport, elapsed: .seconds(60), resumptions: 8))
    #expect(!decide(.transport, resumptions: 9))
    #expect(decide(.unreachable, resumptions: 1), "a name that is not found for a moment")
    #expect(!decide(.integrity, resumptions: 1))
    let once = RetryPolicy.Failure(attempt: 1, kind: .transport, resumptions: 1)
    #expect(RetryPolicy.never.decide(once, random: 0) == .giveUp)
  }
}
