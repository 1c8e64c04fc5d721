internal import BundleModel
internal import HTTPTransport

extension S3Client {
  /// Sends a call, again where that may help, signed anew each time.
  ///
  /// A wrong clock, a wrong region and keys that were rotated are put right once each and do not count as tries. A
  /// download goes on where it broke off, and one that moves on may try anew as often as
  /// `RetryPolicy.maxResumptions` says.
  func perform(_ call: S3Call) async throws(S3Error) -> HTTPResponse {
    let subject = call.subject(endpoint)
    // An empty key would address the bucket itself: `DELETE /bucket/`.
    guard !call.bucket.isEmpty, call.key != "" else {
      throw subject.error(.invalidRequest, code: "EmptyName", "the bucket or the key is empty")
    }
    let limits = call.limits ?? self.limits
    var corrections = Corrections()
    var tries = Tries(call)
    while true {
      let generation = keyGeneration
      let outcome = await attempt(call, limits: limits)
      guard let error = outcome.error else {
        hasSucceeded(tries.lastCost)
        return outcome.response
      }
      if correct(outcome, call, &corrections) { continue }
      if error.kind == .denied, !corrections.didRenewKeys, await hasOtherKeys(since: generation) {
        corrections.didRenewKeys = true
        continue
      }
      if try startsOver(outcome.response, call) { continue }
      if tries.note(error, outcome.response, serverNow: signingMoment) { hasSucceeded(tries.lastCost) }
      guard case .retry(let delay) = limits.retry.decide(tries.failure, random: .random(in: 0..<1)) else {
        throw error
      }
      tries.lastCost = RetryBudget.cost(of: error.kind, isResumption: tries.failure.resumptions != nil)
      guard mayRetry(tries.lastCost) else { throw error }
      await pause(for: delay)
      guard !Task.isCancelled else { throw subject.error(.cancelled, code: "Cancelled", "cancelled") }
      tries.failure.attempt += 1
      tries.failure.lastDelay = delay
    }
  }

  // MARK: One try

  /// How one try ended.
  private struct Outcome {
    var response = HTTPResponse(status: 0, headers: HTTPHeaders(), body: [], received: 0)
    var error: S3Error?
    var route: BucketRoute
    /// What the signature was dated by, and when the answer had come by the same clock.
    var signed: Timestamp
    var received: Timestamp
  }

  private func attempt(_ call: S3Call, limits: CallLimits) async -> Outcome {
    let moment = signingMoment
    var outcome = Outcome(route: regions.route(call.bucket), signed: moment, received: moment)
    let subject = call.subject(outcome.route.endpoint)
    do throws(TransportError) {
      let more = try call.receiver?.ask() ?? []
      let request = call.signed(for: outcome.route, at: moment, limits: limits, adding: more)
      let begin = now
      var response = try await http.send(request)
      if response.isSuccess, let receiver = call.receiver {
        response = try receiver.finish(status: response.status)
      }
      outcome.response = response
      outcome.received = moment.advanced(by: now.since(begin))
      outcome.error = S3Error(outcome.response, subject, call: call)
    } catch {
      outcome.error = S3Error(error, subject)
    }
    return outcome
  }

  // MARK: What is put right without counting as a try

  private struct Corrections {
    var clock: ServerClock.Change?
    var didMove = false
    var didRenewKeys = false
  }

  /// True when the same call may go well now, because we know better what time it is or where the bucket is.
  private func correct(_ outcome: Outcome, _ call: S3Call, _ corrections: inout Corrections) -> Bool {
    guard let error = outcome.error, let status = error.status else { return false }
    let document = S3ErrorDocument(outcome.response.body)
    // Amazon names the region in other refusals too: the one that was signed for is no redirect.
    if let region = BucketRegions.redirect(
      outcome.response, code: document?.code ?? "", region: document?.region ?? ""),
      region != outcome.route.signer.region
    {
      if corrections.didMove {
        regions.forget(call.bucket)
        return false
      }
      corrections.didMove = true
      regions.remember(call.bucket, in: region)
      return true
    }
    // Not every server says RequestTimeTooSkewed; some just deny.
    guard error.kind == .clockSkew || error.kind == .denied || status == 400 else { return false }
    if let change = corrections.clock {
      clock.undo(change)  // it was not that, or the Date is not what the server goes by
      return false
    }
    guard let date = outcome.response.headers["date"].flatMap(HTTPDate.moment),
      error.kind == .clockSkew
        || ServerClock.isApart(date, signed: outcome.signed, received: outcome.received)
    else { return false }
    corrections.clock = clock.learn(date, now: now)
    return corrections.clock != nil
  }

  /// True when the object is not the one any more whose rest was asked for: then all of it is asked for.
  private func startsOver(_ response: HTTPResponse, _ call: S3Call) throws(S3Error) -> Bool {
    guard let receiver = call.receiver else { return false }
    let subject = call.subject(endpoint)
    do throws(TransportError) {
      guard try receiver.isGone(status: response.status) else { return false }
    } catch {
      throw S3Error(error, subject)
    }
    guard receiver.restarts <= ObjectReceiver.maxRestarts else {
      throw subject.error(.transport, code: "ObjectChanges", "the object keeps changing while it is read")
    }
    return true
  }
}

/// What is known of the tries of one call.
private struct Tries {
  var failure = RetryPolicy.Failure(attempt: 1, kind: .cancelled)
  /// Tokens that the last try had cost.
  var lastCost = 0
  private let call: S3Call
  private var begin = ContinuousClock.now
  private var moved: Int64 = 0
  private var resumptions = 0
  private var hasFailed = false

  init(_ call: S3Call) { self.call = call }

  /// Takes note of a failed try; true when it brought new bytes of a download that can go on.
  mutating func note(_ error: S3Error, _ response: HTTPResponse, serverNow: Timestamp) -> Bool {
    defer { hasFailed = true }
    var didMove = false
    if let receiver = call.receiver {
      didMove = receiver.canContinue && receiver.moved > moved
      moved = receiver.moved
      if receiver.canContinue { resumptions += 1 }
      failure.resumptions = receiver.canContinue ? resumptions : nil
    }
    if didMove {
      failure.attempt = 1
      failure.lastDelay = .zero
    }
    // The time that bytes took to move is not time that was lost.
    if didMove || (!hasFailed && call.isLong) { begin = .now }
    failure.kind = error.kind
    failure.elapsed = .now - begin
    failure.retryAfter = response.headers["retry-after"].flatMap { RetryAfter.delay($0, now: serverNow) }
    return didMove
  }
}

extension S3Call {
  /// True when the body may take longer than all pauses together.
  fileprivate var isLong: Bool { (body?.size ?? 0) > 1 << 20 }
}
