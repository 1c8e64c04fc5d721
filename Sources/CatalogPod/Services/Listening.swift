internal import BundleStore

/// Wakes the pod when the doorbell rings.
struct Listening: PodService {
  let pod: PodDependencies
  /// Of everybody who looks when it rings.
  let wakeUps: [WakeUps]

  func run() async {
    await pod.store.listen { [wakeUps] in
      for one in wakeUps { one.ring() }
    }
  }
}
