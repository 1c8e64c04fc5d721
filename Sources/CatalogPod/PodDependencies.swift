internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Logging
internal import Packager
internal import PodAPI

/// What every part of a pod works with.
struct PodDependencies: Sendable {
  let settings: PodSettings
  /// What was found under `settings.examplesRoot`.
  let catalogue: Catalogue
  let store: BundleStore
  /// Where archives go.
  let artifacts: any ArtifactStore
  let log: Logger
  /// What the pod counts.
  var metrics = PodMetrics()

  /// Whom the database knows this pod as.
  var worker: Worker { Worker(owner: settings.owner, pod: settings.name) }
}
