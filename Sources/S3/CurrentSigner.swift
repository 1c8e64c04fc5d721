import Synchronization

/// The signer for the keys as they stand. One signer lives as long as its keys, because it remembers what it derived
/// from them.
final class CurrentSigner: Sendable {
  private let source: CredentialSource?
  private let state: Mutex<(signer: SignatureV4, generation: Int)>

  init(_ configuration: S3Configuration) {
    source = configuration.credentialSource
    let (credentials, generation) = source?.current ?? (configuration.credentials, 0)
    state = Mutex((SignatureV4(credentials: credentials, region: configuration.region), generation))
  }

  /// The signer, and the generation of its keys. Looks at rotated files at most once a second.
  var current: (signer: SignatureV4, generation: Int) {
    guard let source else { return state.withLock { $0 } }
    source.look()
    let (credentials, generation) = source.current
    return state.withLock { state in
      if generation > state.generation {
        state = (SignatureV4(credentials: credentials, region: state.signer.region), generation)
      }
      return state
    }
  }

  /// True when a request that was refused may go through with keys that have come since.
  func hasChanged(since generation: Int) async -> Bool {
    await source?.hasChanged(since: generation) ?? false
  }
}
