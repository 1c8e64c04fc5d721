internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Logging
internal import Packager
internal import Persistence
internal import PodAPI

/// Looks for what an attempt would make among what is stored already.
struct CacheLookup {
  let pod: PodDependencies
  let log: Logger

  /// The artifact of these inputs, if it is recorded *and* stored as recorded. Only a missing object means "build it
  /// again"; a store that does not answer fails the attempt, which is then tried again.
  func publication(of slug: Slug, _ resolved: ResolvedBundle) async throws -> Publication? {
    guard let artifact = try await pod.statuses.artifact(of: slug, fingerprint: resolved.fingerprint),
      let checksum = Checksum(hex: artifact.checksum), let size = artifact.size
    else {
      pod.metrics.looked(.miss)
      return nil
    }
    let wasVerified = artifact.verification == .match && artifact.verifiedAt != nil
    let findings = FindingsRecord(pod: pod, log: log)
    switch try await pod.artifacts.verify(
      artifact.storageKey, size: size, checksum: checksum, deep: !wasVerified)
    {
    case .match: pod.metrics.looked(.hit)
    case .missing:
      pod.metrics.looked(.missing)
      log.warning("the cached artifact is gone; building it again", metadata: ["key": "\(artifact.storageKey)"])
      await findings.write(.missing, of: artifact, reason: "a pod found no such object")
      return nil
    case .mismatch:
      pod.metrics.looked(.mismatch)
      log.error("the cached artifact was changed; building it again", metadata: ["key": "\(artifact.storageKey)"])
      await findings.write(
        .mismatch, of: artifact, reason: "a pod found other bytes than the recorded \(checksum.hex)")
      return nil
    }
    return Publication(
      fingerprint: resolved.fingerprint, version: artifact.version ?? resolved.version, checksum: checksum,
      filename: artifact.filename ?? resolved.filename, storageKind: artifact.storageKind,
      storageKey: artifact.storageKey,
      storageURL: artifact.storageURL ?? pod.artifacts.storageURL(artifact.storageKey),
      contentType: artifact.contentType ?? "application/gzip", size: size, cached: true,
      message: "found in the cache")
  }
}
