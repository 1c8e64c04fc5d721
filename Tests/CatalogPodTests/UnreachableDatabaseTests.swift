import ArtifactStorage
import BundleModel
import BundleStore
import Logging
import Packager
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import CatalogPod

/// Nobody listens on port 1, so every write fails at once, as one that may succeed later.
@Suite("An attempt whose database cannot be reached", .timeLimit(.minutes(2)))
struct UnreachableDatabaseTests {
  private static let claim = Claim(
    job: JobID("j"), slug: Slug("a")!, attempt: 1, owner: OwnerID("o"), maxAttempts: 3, options: JobOptions())

  /// An hour: nothing here ends because the time is up.
  private static func store() -> BundleStore {
    BundleStore(
      ConnectionSettings(host: "127.0.0.1", port: 1, user: "nobody", database: "none"),
      settings: StoreSettings(lease: .seconds(7200), stopAfter: .seconds(3600)))
  }

  private static func pod(_ store: BundleStore, in folder: String, log: Logger) -> PodDependencies {
    let settings = PodSettings(
      name: "pod", owner: claim.owner, version: "test", concurrency: 1, examplesRoot: folder,
      packaging: PackagingPolicy(sandbox: Sandbox(kind: nil)), temporaryDirectory: folder)
    return PodDependencies(
      settings: settings, catalogue: Catalogue(), store: store, statuses: store,
      artifacts: LocalArtifactStore(root: folder, signingSecret: Secret([])), log: log)
  }

  @Test("says how it ended again and again, and no more once the job is lost")
  func lastWrite() async throws {
    let (folder, store, log, loss) = (try TemporaryDirectory(), Self.store(), KeptLog(), LossFlag())
    // It fails at once: the pod does not offer the bundle.
    let runner = AttemptRunner(
      claim: Self.claim, pod: Self.pod(store, in: folder.path, log: log.logger), loss: loss)
    let hasEnded = Mutex(false)
    Task {
      await runner.run {}
      hasEnded.withLock { $0 = true }
    }
    let unwritten = "cannot write how the attempt ended"
    try await eventually(within: .seconds(60), "a third try") {
      log.messages.count { $0 == unwritten } >= 3
    }
    #expect(!hasEnded.withLock { $0 })
    loss.set()
    try await eventually(within: .seconds(60), "the attempt ends") { hasEnded.withLock { $0 } }
    #expect(log.messages.last == "ended as lost")
    await store.close()
  }

  /// The rest between two writes is for those who have more to say: a quarter of a second for each of four hundred
  /// attempts would take longer than they get. A closed store refuses without looking.
  @Test("does not rest after its last note")
  func lastNote() async throws {
    let store = Self.store()
    await store.close()
    let hasEnded = Mutex(0)
    let attempts = Task {
      for _ in 0..<400 where !Task.isCancelled {
        let reporter = ProgressReporter()
        reporter.note { $0.message = "last words" }
        reporter.finish()
        await reporter.run(claim: Self.claim, store: store) {}
        hasEnded.withLock { $0 += 1 }
      }
    }
    defer { attempts.cancel() }
    try await eventually(within: .seconds(60), "all have ended", { hasEnded.withLock { $0 } }, until: { $0 == 400 })
  }
}
