internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Logging
internal import Synchronization

/// Whether the live pods find what this one would make: a pod that writes where nobody else reads must not claim. See
/// `SQL/live_stores.sql`.
final class StoreAgreement: Sendable {
  private let pod: PodDependencies
  private let state: Atomic<Bool>
  /// What the log says so far.
  private let said = Atomic(true)

  init(pod: PodDependencies) {
    self.pod = pod
    // What is made in files takes the row away that others may keep the bundle in: not before it was looked.
    state = Atomic(pod.settings.mode != .filesystem)
  }

  /// What the last look found; before the first, true unless the pod keeps bundles in files.
  var holds: Bool { state.load(ordering: .relaxed) }

  /// Asks what stores the other pods use, and says so when the answer has changed.
  func look() async throws(StoreError) {
    let others = try await pod.store.foreignStores(seenBy: pod.worker)
    state.store(others.isEmpty, ordering: .relaxed)
    guard said.exchange(others.isEmpty, ordering: .relaxed) != others.isEmpty else { return }
    if others.isEmpty {
      pod.log.info(
        pod.settings.mode == .filesystem
          ? "claiming: no live pod keeps bundles in the database"
          : "the object store is the other pods' again; claiming")
      return
    }
    guard pod.settings.mode != .filesystem else {
      pod.log.error(
        "not claiming: other pods keep bundles in the database, and would not find what this one makes",
        metadata: ["hint": "start it in their mode, or end them first"])
      return
    }
    var metadata: Logger.Metadata = [
      "mine": "\(pod.artifacts.identity)", "theirs": "\(others.joined(separator: ", "))",
    ]
    if let problem = pod.artifacts.sharingProblem { metadata["hint"] = "\(problem)" }
    pod.log.error("not claiming: other pods use another object store", metadata: metadata)
  }
}
