package import ArtifactStorage
package import BundleModel
package import BundleStore
package import LegacyStore

/// Keeps a pod's directory equal to what the database says: every row and, of completed ones, the archive.
///
/// On start, after an outage, when the directory is not the one of a moment ago, and now and then, everything is
/// compared; else only what changed. What could not be written is tried again. How far it is, the pod's row says.
package struct DirectoryFollower: Sendable {
  let store: BundleStore
  let artifacts: any ArtifactStore
  let directory: LegacyDirectory
  /// The id that a directory made again gets.
  let source: String
  let worker: Worker
  /// How long between two comparisons of everything.
  let compareEvery: Duration

  /// - Parameters:
  ///   - artifacts: where archives come from.
  ///   - source: the directory's id, established already.
  ///   - worker: in whose row is published how far it is.
  package init(
    store: BundleStore, artifacts: any ArtifactStore, directory: LegacyDirectory, source: String, worker: Worker,
    compareEvery: Duration = .seconds(600)
  ) {
    self.store = store
    self.artifacts = artifacts
    self.directory = directory
    self.source = source
    self.worker = worker
    self.compareEvery = compareEvery
  }

  /// What is worth a line in a log.
  package enum Event: Equatable, Sendable {
    /// The directory was not there and was made again.
    case madeAgain
    /// So many bundles differ from the database.
    case comparing(differing: Int)
    /// Something could not be written, for the first time or for another reason than before.
    case failing(String)
    /// Everything is as the database says, after it was not.
    case inStep
    /// The files of these bundles are newer than their rows: nobody has moved them. Each is told once.
    case left([Slug])
  }

  /// Follows until the task is cancelled.
  ///
  /// - Parameters:
  ///   - wakes: says when to look: at every ring of the doorbell and every poll.
  ///   - tell: called for each event, one after the other.
  package func run(wakes: AsyncStream<Void>, _ tell: @escaping @Sendable (Event) -> Void) async {
    var course = FollowCourse(self, tell)
    for await _ in wakes {
      repeat {
        await course.turn()
      } while course.hasMore && !Task.isCancelled
      guard !Task.isCancelled else { return }
    }
  }
}
