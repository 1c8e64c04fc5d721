internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Hashing

/// Mints links to artifacts, and records each before it is handed out: by expiry and by the hash of its text.
struct LinkSigner {
  let store: BundleStore
  let artifacts: any ArtifactStore
  let who: String

  /// A link to the newest artifact of a bundle.
  ///
  /// - Parameter lifetime: nil takes the store's default.
  func sign(_ slug: Slug, lifetime: Duration?) async throws -> (
    artifact: Artifact, link: ArtifactStorage.SignedLink
  ) {
    guard let artifact = try await store.latestArtifact(of: slug) else {
      throw CommandFailure(.failed, "\(slug) has no artifact to link to; `bundletop list` shows what has")
    }
    guard artifact.storageKind == artifacts.kind else {
      throw CommandFailure(
        .failed,
        "the artifact of \(slug) is in a store of kind \(artifact.storageKind.rawValue), and the settings name another"
      )
    }
    let link = try artifacts.signedURL(LinkRequest(artifact, lifetime: lifetime))
    let hash = Checksum(digest: SHA256.digest(of: Array(link.url.reveal().utf8)))
    try await store.audit(
      "sign", slug: slug, by: who, result: "signed",
      detail: [
        "expiresAt": link.expiresAt.iso8601, "fingerprint": artifact.fingerprint.text,
        "urlSha256": hash?.hex ?? "",
      ])
    return (artifact, link)
  }
}
