internal import BundleModel
internal import LegacyStore
internal import Synchronization

/// What a pod knows of its directory of AppHub's files, for whoever tells others.
final class DirectoryKnowledge: Sendable {
  private let state: Mutex<PodDirectory?>

  init(_ directory: LegacyDirectory?) { state = Mutex(directory.map { PodDirectory(path: $0.path) }) }

  /// Nil where there is no directory.
  var value: PodDirectory? { state.withLock { $0 } }

  /// Notes what was found now.
  func note(source: String?, unmigrated: Int?) {
    state.withLock { directory in
      if let source { directory?.source = source }
      directory?.unmigrated = unmigrated
    }
  }
}
