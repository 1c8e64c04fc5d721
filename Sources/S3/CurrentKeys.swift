import Synchronization

/// The signers for the keys as they stand. They live as long as their keys, because they remember what they derived
/// from them.
final class CurrentKeys: Sendable {
  private let source: CredentialSource?
  private let endpoint: S3Endpoint
  private let region: String
  private let state: Mutex<(regions: BucketRegions, generation: Int)>

  init(_ configuration: S3Configuration) {
    source = configuration.credentialSource
    (endpoint, region) = (configuration.endpoint, configuration.region)
    let (credentials, generation) = source?.current ?? (configuration.credentials, 0)
    let signer = SignatureV4(credentials: credentials, region: configuration.region)
    state = Mutex((BucketRegions(home: BucketRoute(endpoint: configuration.endpoint, signer: signer)), generation))
  }

  /// The ways to buckets, and the generation of the keys that sign there. Looks at rotated files at most once a
  /// second; new keys learn the regions of buckets anew.
  var current: (regions: BucketRegions, generation: Int) {
    guard let source else { return state.withLock { $0 } }
    source.look()
    let (credentials, generation) = source.current
    return state.withLock { state in
      if generation > state.generation {
        let signer = SignatureV4(credentials: credentials, region: region)
        state = (BucketRegions(home: BucketRoute(endpoint: endpoint, signer: signer)), generation)
      }
      return state
    }
  }

  /// True when a request that was refused may go through with keys that have come since.
  func hasChanged(since generation: Int) async -> Bool { await source?.hasChanged(since: generation) ?? false }
}
