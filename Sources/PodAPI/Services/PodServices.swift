package import ArtifactStorage
package import BundleModel
package import BundleStore
package import Logging
package import Persistence
internal import ProcessControl

/// What handlers work with. One value for all listeners of a pod.
package struct PodServices: Sendable {
  package var settings: PodAPISettings
  package var store: BundleStore
  /// What is answered with: rows, or files of the pod's directory.
  package var reads: PodReads
  package var artifacts: any ArtifactStore
  package var access: AccessControl
  package var origins: AllowedOrigins
  package var life: PodLife
  package var events: EventHub
  package var statuses: StatusList
  /// How the pod and what it depends on are.
  package var health: PodHealth
  /// What the pod counts.
  package var metrics: PodMetrics
  package var log: Logger
  /// The moment, by this machine's clock.
  package var now: @Sendable () -> Timestamp
  /// Told of every answer.
  package var observe: @Sendable (RequestRecord) -> Void

  /// - Parameter reads: nil: the database is read.
  package init(
    settings: PodAPISettings, store: BundleStore, reads: PodReads? = nil, artifacts: any ArtifactStore,
    access: AccessControl = .open,
    origins: AllowedOrigins = AllowedOrigins(), life: PodLife = PodLife(),
    health: PodHealth? = nil,
    metrics: PodMetrics = PodMetrics(),
    log: Logger,
    now: @escaping @Sendable () -> Timestamp = ThisProcess.now,
    observe: @escaping @Sendable (RequestRecord) -> Void = { _ in }
  ) {
    self.settings = settings
    self.store = store
    let reads = reads ?? PodReads(store)
    self.reads = reads
    self.artifacts = artifacts
    self.access = access
    self.origins = origins
    self.life = life
    self.health = health ?? PodHealth(store: store, artifacts: artifacts)
    self.metrics = metrics
    events = EventHub(
      source: EventSource(store), encoder: EventEncoder(settings, reads: reads, artifacts: artifacts, log: log),
      most: settings.eventClients, log: log)
    statuses = StatusList(reads, publicURL: settings.publicURL)
    self.log = log
    self.now = now
    self.observe = observe
  }
}
