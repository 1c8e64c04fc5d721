internal import BundleModel
internal import BundleStore
internal import LegacyStore
internal import Logging
internal import Persistence
internal import PodAPI
internal import ProcessControl

/// Looks after the directory of AppHub's files: gives it an id, counts what nobody has moved, tells everybody.
struct DirectoryWatching: PodService {
  let pod: PodDependencies
  let directory: LegacyDirectory
  let knowledge: DirectoryKnowledge
  /// Asks the file system and the database at most every 30 s, however often it is asked.
  let watch: LegacyWatch

  func run() async {
    var published: PodDirectory?
    var isTroubled = false
    await every(pod.store.settings.beatEvery) {
      let findings = await watch.look()
      let unmigrated = findings.problem == nil ? findings.unmigrated + findings.unreadable : nil
      var source = knowledge.value?.source
      if source == nil {
        do {
          source = try await identity()
          isTroubled = false
        } catch {
          if !isTroubled {
            pod.log.warning(
              "the legacy directory has no id", metadata: ["dir": "\(directory.path)", "error": "\(error)"])
          }
          isTroubled = true
        }
      }
      say(unmigrated, before: knowledge.value?.unmigrated)
      knowledge.note(source: source, unmigrated: unmigrated)
      guard let known = knowledge.value, known != published else { return }
      do throws(StoreError) {
        let isHeard = try await pod.store.publishDirectory(
          source: known.source, unmigrated: known.unmigrated, of: pod.worker)
        if isHeard { published = known }
      } catch {
        pod.log.debug("cannot tell of the legacy directory", metadata: ["error": "\(error)"])
      }
    }
  }

  /// The id that the directory has, or is given now.
  private func identity() async throws(LegacyError) -> String? {
    let (directory, name, making) = (directory, pod.settings.name, pod.settings.mode != .database)
    return try await DetachedThread.value { () throws(LegacyError) in
      try DirectoryIdentity.settle(directory, pod: name, making: making)
    }
  }

  private func say(_ unmigrated: Int?, before: Int?) {
    guard pod.settings.mode != .filesystem, let unmigrated, unmigrated > 0, before ?? 0 == 0 else { return }
    pod.log.warning(
      "status files of AppHub have not been moved into the database",
      metadata: ["dir": "\(directory.path)", "files": "\(unmigrated)"])
  }
}
