import ArtifactStorage
import BundleModel
import BundleStore
import Hashing
import LegacyStore
import Postgres
import ProcessControl
import TestSupport

@testable import Persistence

/// A pod in one of the modes: its store of statuses, its store of archives, its directory.
struct ModeScene: Sendable {
  let mode: PersistenceMode
  let folder: TemporaryDirectory
  /// With the rights of a pod.
  let store: BundleStore
  let statuses: any StatusStore
  let artifacts: any ArtifactStore
  let directory: LegacyDirectory
  let worker = Worker(owner: OwnerID(ThisProcess.randomUUID()), pod: "pod-a")
  private let raw: Connection
  /// Rung at every look: the follower's clock.
  private let wakes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  /// Runs a test on a database of its own; in `dual` with the follower at work.
  static func run(_ mode: PersistenceMode, _ body: (ModeScene) async throws -> Void) async throws {
    let database = try await TestDatabase.create()
    let connection = try ConnectionSettings(url: database.url)
    _ = try await Schema(connection).apply()
    let scene = try ModeScene(mode, connection, try await Connection.connect(connection))
    do {
      try scene.directory.establishSourceID("source-1")
      try await scene.store.register(
        PodRegistration(
          worker: scene.worker, version: "0", mode: mode, store: scene.artifacts.identity, concurrency: 1,
          catalogue: []))
      try await scene.following { try await body(scene) }
    } catch {
      await scene.close()
      throw error
    }
    await scene.close()
    try await database.drop()
  }

  private init(_ mode: PersistenceMode, _ connection: ConnectionSettings, _ raw: Connection) throws {
    self.mode = mode
    self.raw = raw
    folder = try TemporaryDirectory()
    directory = LegacyDirectory(path: "\(folder.path)/legacy")
    var rights = connection
    rights.options = Secret(connection.options.reveal().merging(["options": "-c role=bundlepod"]) { $1 })
    store = BundleStore(
      rights,
      settings: StoreSettings(
        lease: .seconds(30), renewEvery: .seconds(5), stopAfter: .seconds(20), beatEvery: .seconds(1),
        goneAfter: .seconds(10), pollEvery: .milliseconds(50), backoff: .milliseconds(20) ... .milliseconds(40)),
      connections: 6)
    let secret = Secret(Array("secret".utf8))
    artifacts =
      mode == .filesystem
      ? LocalArtifactStore(
        root: "\(folder.path)/legacy/artifacts", signingSecret: secret, layout: .appHub)
      : LocalArtifactStore(root: "\(folder.path)/objects", signingSecret: secret)
    switch mode {
    case .database: statuses = store
    case .dual:
      statuses = DualStatusStore(
        store,
        reads: PodReads(store, mode: .dual, directory: DirectoryReading(directory), owner: worker.owner))
    case .filesystem: statuses = FileStatusStore(store, directory: directory)
    }
  }

  private func close() async {
    await store.close()
    await raw.close()
  }

  private func following(_ body: () async throws -> Void) async throws {
    guard mode == .dual else { return try await body() }
    let follower = DirectoryFollower(
      store: store, artifacts: artifacts, directory: directory, source: "source-1", worker: worker)
    let task = Task { await follower.run(wakes: wakes.stream) { _ in } }
    var failure: (any Error)?
    do { try await body() } catch { failure = error }
    wakes.continuation.finish()
    task.cancel()
    await task.value
    if let failure { throw failure }
  }

  // MARK: - Steps

  /// The rows of a query with one column, as the database's owner.
  @discardableResult
  func lines(_ sql: String, _ parameters: [Parameter] = []) async throws -> [String] {
    try await raw.query(sql, parameters).map { try $0.decode(at: 0, as: String?.self) ?? "" }
  }

  /// Asks for a bundle and claims it.
  func claim(_ slug: Slug, by other: Worker? = nil) async throws -> Claim {
    _ = try await store.enqueue(slug, by: "test")
    return try await claimWaiting(slug, by: other)
  }

  /// Claims what waits or has no living owner.
  func claimWaiting(_ slug: Slug, by other: Worker? = nil) async throws -> Claim {
    try await lines("update example_bundle_jobs set run_at = now() where state = 'queued' returning id::text")
    guard let claim = try await store.claim(other ?? worker, catalogue: [slug], limit: 1).first else {
      throw TestSupportError("nothing to claim for \(slug)")
    }
    return claim
  }

  /// Lets the lease of a job run out.
  func expire(_ claim: Claim) async throws {
    try await lines(
      """
      update example_bundle_jobs set lease_until = now() - interval '1 second'
       where id = $1::uuid and state = 'running' returning id::text
      """, [.text(claim.job.text)])
  }

  /// Stores an archive with this content; returns what to publish.
  func upload(_ content: String, of slug: Slug, fingerprint: String = "f1") async throws -> Publication {
    let checksum = Checksum(digest: SHA256.digest(of: content))!
    let fingerprint = Fingerprint(fingerprint)!
    let name = "\(slug)-1.0.tgz"
    let key = artifacts.key(slug: slug, fingerprint: fingerprint, checksum: checksum, filename: name)
    _ = try await artifacts.put(
      file: try folder.write(content, to: "made-\(slug)"), key: key, checksum: checksum,
      size: Int64(content.utf8.count), contentType: "application/gzip", progress: nil)
    return Publication(
      fingerprint: fingerprint, version: "1.0", checksum: checksum, filename: name, storageKind: artifacts.kind,
      storageKey: key, storageURL: artifacts.storageURL(key), contentType: "application/gzip",
      size: Int64(content.utf8.count), cached: false, message: "built")
  }

  /// Publishes it as an attempt does.
  func complete(_ claim: Claim, _ made: Publication) async throws -> AttemptEnd {
    try await statuses.complete(claim, made, tail: nil) {
      guard case .present = try await artifacts.inspect(made.storageKey) else {
        throw TestSupportError("the archive is gone")
      }
    }
  }

  // MARK: - Looking

  /// What is shown now.
  func look(_ slugs: [Slug]? = nil) async throws -> [BundleStatus] {
    wakes.continuation.yield()
    return try await statuses.statuses(of: slugs)
  }

  /// Waits until a bundle is shown like this: `state stage`.
  @discardableResult
  func wait(_ slug: Slug, _ expected: String) async throws -> BundleStatus {
    let seen = try await eventually(
      within: .seconds(40), "\(slug) is \(expected)", { try await look([slug]).first },
      until: { $0.map { "\($0.state.rawValue) \($0.stage.rawValue)" } == expected })
    return seen!
  }

  /// The names in a folder of the scene, sorted.
  func names(in folder: String) -> [String] {
    var names: [String] = []
    let reader = DirectoryReader.open("\(self.folder.path)/\(folder)")
    while let name = reader?.next() { names.append(String(decoding: name, as: UTF8.self)) }
    return names.sorted()
  }

  /// Everything that the directory says, by slug.
  func filed() throws -> [Slug: LegacyStatus] {
    var all: [Slug: LegacyStatus] = [:]
    try directory.read { item in if case .entry(let entry) = item { all[entry.status.slug] = entry.status } }
    return all
  }
}
