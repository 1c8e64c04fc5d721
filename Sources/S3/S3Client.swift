package import BundleModel
import Synchronization

/// What a client needs to know of a service.
package struct S3Configuration: Sendable {
  /// What programs talk to.
  package var endpoint: S3Endpoint
  package var region: String
  package var credentials: S3Credentials
  /// Where `credentials` come from when they may be rotated; wins over them.
  package var credentialSource: CredentialSource?
  package var limits: CallLimits
  /// Whose certificates are believed.
  package var trust: S3Trust
  /// Nil: straight to the endpoint, whatever the environment says.
  package var proxy: S3Proxy?

  package init(
    endpoint: S3Endpoint, region: String, credentials: S3Credentials, limits: CallLimits = CallLimits(),
    trust: S3Trust = S3Trust(), proxy: S3Proxy? = nil
  ) {
    self.endpoint = endpoint
    self.region = region
    self.credentials = credentials
    self.limits = limits
    self.trust = trust
    self.proxy = proxy
  }
}

/// A client of one S3 service: signed requests over one thread of libcurl, repeated where that may help.
///
/// The thread starts with the first request and ends with the client; signing alone starts none. Calls may run at
/// the same time; a cancelled task ends its call at once with `.cancelled`.
package final class S3Client: Sendable {
  package let endpoint: S3Endpoint
  package let region: String
  package let limits: CallLimits
  /// Signs with the keys as they stand.
  var signer: SignatureV4 { currentSigner.current.signer }
  private let currentSigner: CurrentSigner
  private let now: @Sendable () -> Timestamp
  private let loop = Mutex<CurlLoop?>(nil)
  /// What the server's clock is ahead of ours, in microseconds; learnt from a refusal.
  private let skew = Atomic<Int64>(0)

  /// - Parameter now: the clock that signatures are dated by.
  package init(_ configuration: S3Configuration, now: @escaping @Sendable () -> Timestamp = { .systemClock }) {
    endpoint = configuration.endpoint
    region = configuration.region
    limits = configuration.limits
    currentSigner = CurrentSigner(configuration)
    self.now = now
  }

  deinit { loop.withLock { $0?.stop() } }

  /// The moment that a signature made now is dated by.
  var signingMoment: Timestamp {
    Timestamp(microseconds: now().microseconds + skew.load(ordering: .relaxed))
  }

  /// Sends a call, again where that may help, signed anew each time.
  func perform(_ call: S3Call) async throws(S3Error) -> HTTPResponse {
    // An empty key would address the bucket itself: `DELETE /bucket/`.
    guard !call.bucket.isEmpty, call.key != "" else {
      throw call.subject(endpoint).error(.invalidRequest, code: "EmptyName", "the bucket or the key is empty")
    }
    let limits = call.limits ?? self.limits
    let begin = ContinuousClock.now
    var failure = RetryPolicy.Failure(attempt: 1, kind: .cancelled)
    var didLearnSkew = false
    var didRenewKeys = false
    while true {
      let generation = currentSigner.current.generation
      let outcome = await attempt(call, limits: limits)
      guard let error = outcome.error else { return outcome.response }
      if error.kind == .clockSkew, !didLearnSkew, learnSkew(from: outcome.response) {
        didLearnSkew = true
        continue
      }
      if error.kind == .denied, !didRenewKeys, await currentSigner.hasChanged(since: generation) {
        didRenewKeys = true
        continue
      }
      failure.kind = error.kind
      failure.elapsed = .now - begin
      failure.retryAfter = outcome.response.headers["retry-after"].flatMap { Int64($0) }.map { .seconds($0) }
      guard case .retry(let delay) = limits.retry.decide(failure, random: .random(in: 0..<1)) else { throw error }
      await pause(for: delay)
      guard !Task.isCancelled else {
        throw call.subject(endpoint).error(.cancelled, code: "Cancelled", "cancelled")
      }
      failure.attempt += 1
      failure.lastDelay = delay
    }
  }

  /// Returns after `delay`, or at once when the task is cancelled or nothing was ever sent.
  package func pause(for delay: Duration) async { await runningLoop?.pause(delay) }

  private func attempt(_ call: S3Call, limits: CallLimits) async -> (response: HTTPResponse, error: S3Error?) {
    let nothing = HTTPResponse(status: 0, headers: HTTPHeaders(), body: [], received: 0)
    let subject = call.subject(endpoint)
    let loop: CurlLoop
    do throws(TransportError) {
      loop = try startedLoop()
    } catch {
      return (nothing, S3Error(error, subject))
    }
    let moment = signingMoment
    let request = call.signed(by: signer, endpoint: endpoint, at: moment, limits: limits)
    switch await loop.send(request) {
    case .success(let response): return (response, S3Error(response, subject, call: call, signedAt: moment))
    case .failure(let error): return (nothing, S3Error(error, subject))
    }
  }

  private func learnSkew(from response: HTTPResponse) -> Bool {
    guard let date = response.headers["date"].flatMap(HTTPDate.moment) else { return false }
    skew.store(date.microseconds - now().microseconds, ordering: .relaxed)
    return true
  }

  private var runningLoop: CurlLoop? { loop.withLock { $0 } }

  func startedLoop() throws(TransportError) -> CurlLoop {
    try loop.withLock { (loop) throws(TransportError) -> CurlLoop in
      if let loop { return loop }
      let new = CurlLoop()
      try new.start()
      loop = new
      return new
    }
  }
}
