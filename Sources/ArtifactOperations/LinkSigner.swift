package import ArtifactStorage
package import BundleModel
package import BundleStore
internal import Hashing

/// Mints links to artifacts, and records each before it is handed out: by expiry and by the hash of its text.
package struct LinkSigner: Sendable {
  private let store: BundleStore
  private let artifacts: any ArtifactStore
  private let who: String

  /// - Parameter who: the name that is recorded with each link.
  package init(store: BundleStore, artifacts: any ArtifactStore, who: String) {
    self.store = store
    self.artifacts = artifacts
    self.who = who
  }

  /// A link to the newest artifact of a bundle.
  ///
  /// - Parameter lifetime: nil takes the store's default.
  package func sign(_ slug: Slug, lifetime: Duration?) async throws -> (
    artifact: Artifact, link: SignedLink
  ) {
    guard let artifact = try await store.latestArtifact(of: slug) else {
      throw ArtifactOperationError(
        .noArtifact, "\(slug) has no artifact to link to; `bundletop list` shows what has")
    }
    return (artifact, try await sign(artifact, lifetime: lifetime))
  }

  /// A link to one artifact.
  ///
  /// - Parameters:
  ///   - lifetime: nil takes the store's default.
  ///   - network: where it shall work.
  package func sign(
    _ artifact: Artifact, lifetime: Duration?, network: LinkNetwork = .outside
  ) async throws -> SignedLink {
    try artifacts.requireHome(of: artifact)
    let link = try artifacts.signedURL(LinkRequest(artifact, lifetime: lifetime, network: network))
    let hash = Checksum(digest: SHA256.digest(of: Array(link.url.reveal().utf8)))
    try await store.audit(
      "sign", slug: artifact.slug, by: who, result: "signed",
      detail: [
        "expiresAt": link.expiresAt.iso8601, "fingerprint": artifact.fingerprint.text,
        "urlSha256": hash?.hex ?? "", "via": network.rawValue,
      ])
    return link
  }
}
