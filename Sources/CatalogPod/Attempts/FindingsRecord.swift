internal import BundleModel
internal import BundleStore
internal import Logging

/// Tells everybody what a pod saw when it looked at a stored artifact.
struct FindingsRecord {
  let pod: PodDependencies
  let log: Logger

  /// Writes what was found; the job goes on whether or not that can be written.
  func write(_ finding: Verification, of artifact: Artifact, reason: String) async {
    do {
      _ = try await pod.store.recordVerification(
        artifact, finding, reason: reason, by: "pod \(pod.settings.name)")
    } catch {
      log.warning("cannot record what the cache check found", metadata: ["error": "\(error)"])
    }
  }
}
