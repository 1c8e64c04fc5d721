package import BundleModel
internal import ProcessControl

/// Finds out what an endpoint enforces, by putting, overwriting and tampering with tiny objects under a prefix of its
/// own, all of which are removed again on every path.
package final class CapabilityProbe: Sendable {
  /// Below which all probes of all times write.
  package static let folder = ".bundletop-doctor/"

  package let bucket: String
  /// `…/.bundletop-doctor/<random>/`: nobody else's.
  package let prefix: String
  let client: S3Client
  let configuration: S3Configuration
  let publicEndpoint: S3Endpoint?
  private let now: @Sendable () -> Timestamp

  /// - Parameters:
  ///   - prefix: where the probe may write, without slashes at its ends; may be empty.
  ///   - publicEndpoint: the host that links are signed for, when it is another one.
  package init(
    _ configuration: S3Configuration, bucket: String, prefix: String = "", publicEndpoint: S3Endpoint? = nil,
    now: @escaping @Sendable () -> Timestamp = ThisProcess.now
  ) {
    self.configuration = configuration
    self.bucket = bucket
    self.now = now
    self.publicEndpoint = publicEndpoint == configuration.endpoint ? nil : publicEndpoint
    let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    self.prefix = (prefix.isEmpty ? "" : prefix + "/") + CapabilityProbe.folder + "\(random)/"
    client = S3Client(configuration, now: now)
  }

  /// Asks everything. Takes some forty small requests.
  ///
  /// - Throws: when there is nothing to find out: the endpoint does not answer, there is no such bucket, or the
  ///   keys are refused.
  package func run() async throws(S3Error) -> CapabilityReport {
    let probes = ProbeRequests(self, skew: .zero)
    let (clock, skew) = try await probes.knock()
    var report = CapabilityReport(
      endpoint: configuration.endpoint, bucket: bucket, capabilities: [clock], leftovers: [])
    let requests = ProbeRequests(self, skew: skew)
    var failure: S3Error?
    do throws(S3Error) {
      report.capabilities += try await ask(requests)
    } catch {
      failure = error
    }
    // Also when the caller gave up: what we put there is ours to remove.
    let cleanUp = Task { await requests.removeEverything() }
    report.leftovers = await cleanUp.value
    if let failure { throw failure }
    report.capabilities.sort { $0.kind.order < $1.kind.order }
    return report
  }

  /// What the server's clock is ahead of ours; zero when it is less than a minute.
  ///
  /// - Throws: as `run`.
  package func clockOffset() async throws(S3Error) -> Duration {
    try await ProbeRequests(self, skew: .zero).knock().skew
  }

  private func ask(_ requests: ProbeRequests) async throws(S3Error) -> [Capability] {
    var found = try await requests.askAboutKeys()
    found += try await requests.askAboutIntegrity()
    found += try await requests.askAboutConditions()
    found += try await requests.askAboutReading()
    found += try await requests.askAboutLinks()
    found += try await requests.askAboutParts()
    return found
  }

  /// What this machine's clock says.
  func moment() -> Timestamp { now() }
}

extension CapabilityKind {
  fileprivate var order: Int { CapabilityKind.allCases.firstIndex(of: self) ?? 0 }
}
