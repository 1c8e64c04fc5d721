import TestSupport
import Testing

@testable import S3

@Suite struct RetryPolicyTests {
  let policy = RetryPolicy(
    maxAttempts: 4, base: .milliseconds(100), cap: .seconds(2), budget: .seconds(10))

  @Test func onlyTransientKindsAreRepeated() {
    let repeated = S3Error.Kind.allCases.filter {
      policy.decide(RetryPolicy.Failure(attempt: 1, kind: $0), random: 0) != .giveUp
    }
    #expect(repeated == [.throttled, .serverError, .timeout, .transport])
  }

  @Test func endsAfterTheLastAttempt() {
    #expect(policy.decide(RetryPolicy.Failure(attempt: 3, kind: .timeout), random: 0) == .retry(after: policy.base))
    #expect(policy.decide(RetryPolicy.Failure(attempt: 4, kind: .timeout), random: 0) == .giveUp)
    #expect(RetryPolicy.never.decide(RetryPolicy.Failure(attempt: 1, kind: .timeout), random: 0) == .giveUp)
  }

  @Test func endsWithTheBudget() {
    let late = RetryPolicy.Failure(attempt: 1, kind: .timeout, elapsed: .seconds(10))
    #expect(policy.decide(late, random: 0.5) == .giveUp)
    let told = RetryPolicy.Failure(attempt: 1, kind: .throttled, retryAfter: .seconds(11))
    #expect(policy.decide(told, random: 0) == .giveUp)
  }

  @Test func honoursRetryAfter() {
    let told = RetryPolicy.Failure(attempt: 1, kind: .throttled, retryAfter: .seconds(3))
    #expect(policy.decide(told, random: 0) == .retry(after: .seconds(3)))
  }

  /// Every pause lies between base and cap, and none is longer than three times the last.
  @Test func jitterStaysWithinBounds() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<2000 {
      let last = Duration.milliseconds(Int.random(in: 0...3000, using: &random))
      let failure = RetryPolicy.Failure(attempt: 2, kind: .serverError, lastDelay: last)
      guard case .retry(let delay) = policy.decide(failure, random: .random(in: 0..<1, using: &random)) else {
        Issue.record("gave up")
        continue
      }
      #expect(delay >= policy.base && delay <= policy.cap && delay <= max(last, policy.base) * 3)
    }
  }

  struct Answer: Sendable {
    var status: Int
    var code = ""
    var kind: S3Error.Kind
  }

  @Test(arguments: [
    Answer(status: 404, kind: .notFound), Answer(status: 404, code: "NoSuchKey", kind: .notFound),
    Answer(status: 403, kind: .denied), Answer(status: 400, code: "ExpiredToken", kind: .denied),
    Answer(status: 403, code: "RequestTimeTooSkewed", kind: .clockSkew), Answer(status: 503, kind: .throttled),
    Answer(status: 500, code: "InternalError", kind: .serverError), Answer(status: 502, kind: .serverError),
    Answer(status: 200, code: "SlowDown", kind: .throttled), Answer(status: 429, kind: .throttled),
    Answer(status: 400, code: "RequestTimeout", kind: .timeout), Answer(status: 408, kind: .timeout),
    Answer(status: 400, code: "BadDigest", kind: .integrity), Answer(status: 411, kind: .invalidRequest),
    Answer(status: 301, kind: .invalidRequest),
  ])
  func kinds(_ answer: Answer) {
    #expect(S3Error.Kind(status: answer.status, code: answer.code) == answer.kind)
  }
}
