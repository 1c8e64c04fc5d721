/// Asks one thing for many who want to know: never twice at once, not again while the answer is fresh, and nobody
/// waits longer than a deadline. A question that hangs stays the only one.
actor Probe<Value: Sendable> {
  /// What came of asking.
  struct Finding: Sendable {
    /// Nil: no answer within the deadline.
    var answer: Result<Value, any Error>?
    /// How long it took; the deadline when there is no answer.
    var took: Duration
  }

  private let deadline: Duration
  private let freshness: Duration
  private let keepsLateAnswers: Bool
  private let now: @Sendable () -> ContinuousClock.Instant
  private let ask: @Sendable () async throws -> Value
  private var last: (finding: Finding, at: ContinuousClock.Instant)?
  /// The question that somebody waits for.
  private var round: Task<Finding, Never>?
  private var isAsking = false

  /// - Parameters:
  ///   - keepsLateAnswers: an answer after the deadline is one all the same, for who asks next. Otherwise what is so
  ///     slow counts as not there.
  init(
    deadline: Duration, freshness: Duration, keepsLateAnswers: Bool = false,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    _ ask: @escaping @Sendable () async throws -> Value
  ) {
    self.deadline = deadline
    self.freshness = freshness
    self.keepsLateAnswers = keepsLateAnswers
    self.now = now
    self.ask = ask
  }

  /// What is known, at most `freshness` old.
  func look() async -> Finding {
    if let last, now() - last.at < freshness { return last.finding }
    if let round { return await round.value }
    guard !isAsking else { return Finding(answer: nil, took: deadline) }
    isAsking = true
    let round = begin()
    self.round = round
    return await round.value
  }

  private func begin() -> Task<Finding, Never> {
    let (findings, finding) = AsyncStream<Finding>.makeStream(bufferingPolicy: .bufferingOldest(1))
    let (began, late) = (now(), Finding(answer: nil, took: deadline))
    Task { [ask, now, deadline, keepsLateAnswers] in
      let answer: Result<Value, any Error>
      do { answer = .success(try await ask()) } catch { answer = .failure(error) }
      let found = Finding(answer: answer, took: now() - began)
      finding.yield(found)
      ended(keepsLateAnswers || found.took <= deadline ? found : late)
    }
    let patience = Task { [deadline] in
      guard (try? await Task.sleep(for: deadline)) != nil else { return }
      finding.yield(late)
    }
    return Task {
      var found = late
      for await first in findings {
        found = first
        break
      }
      patience.cancel()
      waited(found)
      return found
    }
  }

  /// Nobody waits any more.
  private func waited(_ found: Finding) {
    round = nil
    if isAsking || last == nil { last = (found, now()) }
  }

  /// The question was answered, in time or not.
  private func ended(_ found: Finding) {
    isAsking = false
    last = (found, now())
  }
}
