package import BundleModel
package import HTTPTransport
internal import ProcessControl
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
  package var trust: TLSTrust
  /// Nil: straight to the endpoint, whatever the environment says.
  package var proxy: HTTPProxy?

  package init(
    endpoint: S3Endpoint, region: String, credentials: S3Credentials, limits: CallLimits = CallLimits(),
    trust: TLSTrust = TLSTrust(), proxy: HTTPProxy? = nil
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
  private let keys: CurrentKeys
  let clock = ServerClock()
  let http: HTTPClient
  private let retries = Mutex(RetryBudget())
  private let ourClock: @Sendable () -> Timestamp

  /// - Parameter now: the clock that signatures are dated by.
  package init(_ configuration: S3Configuration, now: @escaping @Sendable () -> Timestamp = ThisProcess.now) {
    endpoint = configuration.endpoint
    region = configuration.region
    limits = configuration.limits
    keys = CurrentKeys(configuration)
    http = HTTPClient(NetworkDoor(trust: configuration.trust, proxy: configuration.proxy))
    ourClock = now
  }

  /// The ways to buckets, signed with the keys as they stand.
  var regions: BucketRegions { keys.current.regions }

  /// Signs for the client's own region with the keys as they stand.
  var signer: SignatureV4 { regions.home.signer }

  /// How often the keys have changed.
  var keyGeneration: Int { keys.current.generation }

  /// True when a request that was refused may go through with keys that have come since.
  func hasOtherKeys(since generation: Int) async -> Bool { await keys.hasChanged(since: generation) }

  /// What this machine's clock says.
  var now: Timestamp { ourClock() }

  /// The moment that a signature made now is dated by: the server's clock, as far as it is known.
  var signingMoment: Timestamp { clock.moment(at: now) }

  /// Takes tokens for one more try; false when this client has repeated too much lately.
  func mayRetry(_ cost: Int) -> Bool { retries.withLock { $0.spend(cost) } }

  /// Gives back what the last try of a call that went well had cost.
  func hasSucceeded(_ cost: Int) { retries.withLock { $0.refund(cost) } }

  /// Returns after `delay`, or at once when the task is cancelled or nothing was ever sent.
  package func pause(for delay: Duration) async { await http.pause(for: delay) }
}
