internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Logging
internal import Packager
internal import Persistence
internal import PodAPI

/// What every part of a pod works with.
struct PodDependencies: Sendable {
  let settings: PodSettings
  /// What was found under `settings.examplesRoot`.
  let catalogue: Catalogue
  /// Jobs, leases, pods.
  let store: BundleStore
  /// Where attempts write, whatever the mode.
  let statuses: any StatusStore
  /// Where archives go.
  let artifacts: any ArtifactStore
  let log: Logger
  /// What the pod counts.
  var metrics = PodMetrics()

  /// Where attempts write in the pod's mode.
  static func statuses(_ settings: PodSettings, _ store: BundleStore, _ log: Logger) -> any StatusStore {
    guard let directory = settings.directory else { return store }
    switch settings.mode {
    case .database: return store
    case .dual:
      return DualStatusStore(
        store,
        reads: PodReads(store, mode: .dual, directory: DirectoryReading(directory), owner: settings.owner))
    case .filesystem:
      return FileStatusStore(store, directory: directory) { error in
        log.warning("cannot write a status file", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Whom the database knows this pod as.
  var worker: Worker { Worker(owner: settings.owner, pod: settings.name) }
}
