package import ArtifactStorage
internal import BundleModel
package import BundleStore
package import Logging
package import Packager
package import PodAPI

/// One catalog pod: offers its bundles, claims jobs, packages, uploads, and says that it is alive.
///
/// It is a few services side by side and the work that they share; each service is one file.
package struct CatalogPod: Sendable {
  private let pod: PodDependencies
  private let offer: Offer
  private let work: WorkInHand
  private let services: [any PodService]

  /// - Parameters:
  ///   - catalogue: what was found under `settings.examplesRoot`.
  ///   - artifacts: where archives go.
  ///   - server: what answers HTTP, listening already; it stops before the pod says goodbye.
  ///   - legacy: looks after `settings.directory`, if there is one.
  ///   - metrics: where the work is counted.
  package init(
    settings: PodSettings, catalogue: Catalogue, store: BundleStore, artifacts: any ArtifactStore,
    server: HTTPServer? = nil, legacy: LegacyWatch? = nil, metrics: PodMetrics = PodMetrics(), log: Logger
  ) {
    let pod = PodDependencies(
      settings: settings, catalogue: catalogue, store: store,
      statuses: PodDependencies.statuses(settings, store, log), artifacts: artifacts, log: log,
      metrics: metrics)
    let directory = DirectoryKnowledge(settings.directory)
    let offer = Offer(settings: settings, catalogue: catalogue, storeIdentity: artifacts.identity)
    let wakeUps = WakeUps()
    let followerWakeUps = WakeUps()
    let work = WorkInHand(pod: pod, wakeUps: wakeUps)
    let agreement = StoreAgreement(pod: pod)
    self.pod = pod
    self.offer = offer
    self.work = work
    let serving: [any PodService] = server.map { [Serving(server: $0)] } ?? []
    var services: [any PodService] =
      serving + [
        Heartbeat(pod: pod, offer: offer, work: work, directory: directory, agreement: agreement, wakeUps: wakeUps),
        LeaseKeeping(pod: pod, work: work),
        Housekeeping(pod: pod),
        Listening(pod: pod, wakeUps: [wakeUps, followerWakeUps]),
        Claiming(pod: pod, work: work, agreement: agreement, wakeUps: wakeUps),
        Stopping(work: work),
      ] + (settings.ownListener.map { [SelfReading(pod: pod, listener: $0)] } ?? [])
    if let folder = settings.directory, let legacy {
      services.append(DirectoryWatching(pod: pod, directory: folder, knowledge: directory, watch: legacy))
    }
    if settings.mode == .dual, let folder = settings.directory {
      services.append(
        DirectoryFollowing(pod: pod, directory: folder, knowledge: directory, wakeUps: followerWakeUps))
    }
    self.services = services
  }

  /// Works until the task is cancelled; then gives back what it holds and says goodbye.
  package func run() async {
    sayWhatIsOffered()
    await withTaskGroup { group in
      for service in services { group.addTask { await service.run() } }
    }
    // What was claimed at the last moment.
    await work.stopAll()
    await work.ends()
    do {
      try await uncancelled { [pod] in try await pod.store.leave(pod.worker) }
    } catch {
      pod.log.warning("could not say goodbye", metadata: ["error": "\(error)"])
    }
    pod.log.info("stopped")
  }

  private func sayWhatIsOffered() {
    pod.log.info(
      "offering bundles",
      metadata: ["count": "\(offer.catalogue.bundles.count)", "store": "\(offer.storeIdentity)"])
    for note in offer.notes { pod.log.warning("not offered", metadata: ["bundle": "\(note)"]) }
  }
}
