internal import Synchronization

/// Whether a pod still takes work: false first thing when it is asked to go, so that nobody sends more.
package final class PodLife: Sendable {
  private let stopping = Atomic(false)

  package init() {}

  /// True from the moment when the pod was asked to go.
  package var isStopping: Bool { stopping.load(ordering: .acquiring) }

  /// Says that the pod goes. For good.
  package func stop() { stopping.store(true, ordering: .releasing) }
}
