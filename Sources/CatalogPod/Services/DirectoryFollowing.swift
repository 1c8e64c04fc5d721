internal import BundleModel
internal import BundleStore
internal import LegacyStore
internal import Logging
internal import Persistence

/// In mode dual: keeps the pod's directory equal to what the database says.
struct DirectoryFollowing: PodService {
  let pod: PodDependencies
  let directory: LegacyDirectory
  /// Knows the directory's id as soon as it has one.
  let knowledge: DirectoryKnowledge
  let wakeUps: WakeUps

  func run() async {
    await withTaskGroup { group in
      group.addTask { [wakeUps, pollEvery = pod.store.settings.pollEvery] in
        await every(pollEvery) { wakeUps.ring() }
        wakeUps.finish()
      }
      if let source = await source() {
        let follower = DirectoryFollower(
          store: pod.store, artifacts: pod.artifacts, directory: directory, source: source, worker: pod.worker)
        await follower.run(wakes: wakeUps.stream) { event in say(event) }
      }
      group.cancelAll()
    }
  }

  /// The directory's id; nil when the pod is asked to go before there is one.
  private func source() async -> String? {
    for await _ in wakeUps.stream {
      if let source = knowledge.value?.source { return source }
    }
    return nil
  }

  private func say(_ event: DirectoryFollower.Event) {
    let dir: Logger.Metadata = ["dir": "\(directory.path)"]
    switch event {
    case .madeAgain: pod.log.warning("the legacy directory was gone and is made again", metadata: dir)
    case .comparing(let differing):
      pod.log.info(
        "the legacy directory differs from the database", metadata: dir.merging(["bundles": "\(differing)"]) { $1 })
    case .failing(let reason):
      pod.log.warning(
        "cannot bring the legacy directory up to date", metadata: dir.merging(["error": "\(reason)"]) { $1 })
    case .inStep: pod.log.info("the legacy directory is in step with the database", metadata: dir)
    case .left(let slugs):
      let named = slugs.prefix(5).map(\.text).joined(separator: ", ") + (slugs.count > 5 ? ", …" : "")
      pod.log.warning(
        "the legacy directory has something newer than the database, which stays as it is",
        metadata: dir.merging(["count": "\(slugs.count)", "bundles": "\(named)"]) { $1 })
    }
  }
}
