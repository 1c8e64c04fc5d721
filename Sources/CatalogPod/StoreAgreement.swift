internal import ArtifactStorage
internal import BundleStore
internal import Logging
internal import Synchronization

/// Whether the live pods use one object store: a pod that writes archives where nobody else reads them must not claim.
final class StoreAgreement: Sendable {
  private let pod: PodDependencies
  private let state = Atomic(true)

  init(pod: PodDependencies) { self.pod = pod }

  /// What the last look found; true before the first.
  var holds: Bool { state.load(ordering: .relaxed) }

  /// Asks what stores the other pods use, and says so when the answer has changed.
  func look() async throws(StoreError) {
    let others = try await pod.store.foreignStores(seenBy: pod.worker)
    guard state.exchange(others.isEmpty, ordering: .relaxed) != others.isEmpty else { return }
    if others.isEmpty {
      pod.log.info("the object store is the other pods' again; claiming")
      return
    }
    var metadata: Logger.Metadata = [
      "mine": "\(pod.artifacts.identity)", "theirs": "\(others.joined(separator: ", "))",
    ]
    if let problem = pod.artifacts.sharingProblem { metadata["hint"] = "\(problem)" }
    pod.log.error("not claiming: other pods use another object store", metadata: metadata)
  }
}
