internal import BundleStore
internal import Logging

/// Renews the leases of what is worked on, and stops what could not be renewed in time.
struct LeaseKeeping: PodService {
  let pod: PodDependencies
  let work: WorkInHand

  func run() async {
    await withTaskGroup { group in
      group.addTask { await every(pod.store.settings.renewEvery) { await renew() } }
      group.addTask { await every(.milliseconds(200)) { await work.stopOverdue() } }
    }
  }

  private func renew() async {
    let asked = await work.leased
    guard !asked.isEmpty else { return }
    let sent = ContinuousClock.now
    do {
      let kept = try await pod.store.renew(asked)
      await work.renewed(asked: asked, kept: kept, sent: sent)
    } catch {
      pod.log.warning("cannot renew leases", metadata: ["error": "\(error)"])
    }
  }
}
