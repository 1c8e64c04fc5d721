internal import BundleStore
internal import Logging

/// What any pod does for all of them: ends poison jobs, prunes old events and pods that are gone.
struct Housekeeping: PodService {
  let pod: PodDependencies

  private static let interval = Duration.seconds(5)
  /// How many turns lie between two prunings: five minutes.
  private static let turnsToPruning = 60

  func run() async {
    var turn = 0
    await every(Housekeeping.interval) {
      do throws(StoreError) {
        let ended = try await pod.store.failPoisonJobs()
        if ended > 0 {
          pod.log.error("gave up jobs that were lost too often", metadata: ["count": "\(ended)"])
        }
        if turn % Housekeeping.turnsToPruning == 0 {
          _ = try await pod.store.pruneEvents()
          try await pod.store.prunePods()
        }
        turn += 1
      } catch {
        pod.log.debug("housekeeping waits", metadata: ["error": "\(error)"])
      }
    }
  }
}
