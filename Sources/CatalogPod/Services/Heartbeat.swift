internal import BundleStore
internal import Logging

/// Says that the pod is alive and what it offers.
struct Heartbeat: PodService {
  let pod: PodDependencies
  let offer: Offer
  let work: WorkInHand
  let directory: DirectoryKnowledge
  let agreement: StoreAgreement
  let wakeUps: WakeUps

  func run() async {
    var isRegistered = false
    await every(pod.store.settings.beatEvery) {
      do throws(StoreError) {
        if isRegistered {
          isRegistered = try await pod.store.beat(pod.worker, running: work.leaseCount)
        }
        if !isRegistered {
          try await pod.store.register(offer.registration(of: pod.worker, directory: directory.value))
          isRegistered = true
          wakeUps.ring()
        }
        try await agreement.look()
      } catch {
        pod.log.warning("not able to say that this pod is alive", metadata: ["error": "\(error)"])
      }
    }
  }
}
