internal import BundleStore

/// Wakes the pod when the doorbell rings.
struct Listening: PodService {
  let pod: PodDependencies
  let wakeUps: WakeUps

  func run() async {
    await pod.store.listen { [wakeUps] in wakeUps.ring() }
  }
}
