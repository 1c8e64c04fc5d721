import ArtifactStorage
import BundleModel
import BundleStore
import Hashing
import LegacyStore
import Postgres
import ProcessControl
import Synchronization
import TestSupport

@testable import Persistence

/// A database, an object store and a directory that follows them.
final class FollowScene: Sendable {
  let folder: TemporaryDirectory
  let store: BundleStore
  let artifacts: any ArtifactStore
  let directory: LegacyDirectory
  let worker = Worker(owner: OwnerID(ThisProcess.randomUUID()), pod: "pod-a")
  private let raw: Connection
  /// Rung at every look of a test: the follower's clock.
  private let wakes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  private let events = Mutex<[DirectoryFollower.Event]>([])

  static let source = "source-1"

  private init() async throws {
    let database = try await TestDatabase.create()
    let connection = try ConnectionSettings(url: database.url)
    _ = try await Schema(connection).apply()
    folder = try TemporaryDirectory()
    // With the rights of a pod.
    var rights = connection
    rights.options = Secret(connection.options.reveal().merging(["options": "-c role=bundlepod"]) { $1 })
    store = BundleStore(
      rights,
      settings: StoreSettings(
        lease: .seconds(30), renewEvery: .seconds(5), stopAfter: .seconds(20), beatEvery: .seconds(1),
        goneAfter: .seconds(10), pollEvery: .milliseconds(100)), connections: 3)
    artifacts = LocalArtifactStore(root: folder.path + "/objects", signingSecret: Secret(Array("secret".utf8)))
    directory = LegacyDirectory(path: folder.path + "/legacy")
    raw = try await Connection.connect(connection)
  }

  /// Runs a test; connections are closed on every path.
  static func run(_ body: (FollowScene) async throws -> Void) async throws {
    let scene = try await FollowScene()
    try await scene.register()
    do {
      try await body(scene)
    } catch {
      await scene.close()
      throw error
    }
    await scene.close()
  }

  private func close() async {
    await store.close()
    await raw.close()
  }

  private func register() async throws {
    try await store.register(
      PodRegistration(worker: worker, version: "0", store: artifacts.identity, concurrency: 1, catalogue: []))
  }

  // MARK: - The database

  /// The rows of a query with one column.
  @discardableResult
  func lines(_ sql: String, _ parameters: [Parameter] = []) async throws -> [String] {
    try await raw.query(sql, parameters).map { try $0.decode(at: 0, as: String?.self) ?? "" }
  }

  /// Writes a status that is not completed.
  func write(_ slug: String, stage: Stage = .packaging, message: String = "m", at updated: String = "now()")
    async throws
  {
    try await lines(
      """
      insert into example_bundle_status (slug, fingerprint, stage, state, message, updated_at)
      values ($1, 'f', $2, $3, $4, \(updated))
      on conflict (slug) do update set stage = $2, state = $3, message = $4, updated_at = \(updated), version = null,
        checksum = null, filename = null, artifact_id = null, completed_at = null
      returning slug
      """, [.text(slug), .text(stage.rawValue), .text(stage.state.rawValue), .text(message)])
  }

  /// Publishes an archive with this content.
  func complete(
    _ slug: String, fingerprint: String = "f1", content: String, at updated: String = "now()", stored: Bool = true
  ) async throws {
    let checksum = Checksum(digest: SHA256.digest(of: content))!
    let key = "\(slug)/\(fingerprint)/\(checksum.hex.prefix(16))/\(slug)-1.0.tgz"
    if stored { try await put(content, key: key) }
    try await lines(
      """
      with a as (
        insert into example_bundle_artifacts (id, slug, fingerprint, version, checksum, filename, storage_kind,
                                              storage_key, content_type, size)
        values (gen_random_uuid()::text, $1, $2, '1.0', $3, $1 || '-1.0.tgz', 'local', $4, 'application/gzip', $5::bigint)
        on conflict (slug, fingerprint) do update set checksum = $3, storage_key = $4, size = $5::bigint,
          uploaded_at = now()
        returning id)
      insert into example_bundle_status (slug, fingerprint, stage, state, version, checksum, filename, artifact_id,
                                         completed_at, updated_at)
      select $1, $2, 'completed', 'completed', '1.0', $3, $1 || '-1.0.tgz', id, \(updated), \(updated) from a
      on conflict (slug) do update set fingerprint = $2, stage = 'completed', state = 'completed', version = '1.0',
        checksum = $3, filename = $1 || '-1.0.tgz', artifact_id = excluded.artifact_id, message = null,
        completed_at = \(updated), updated_at = \(updated)
      returning slug
      """,
      [.text(slug), .text(fingerprint), .text(checksum.hex), .text(key), .integer(content.utf8.count)])
  }

  /// Stores an object.
  func put(_ content: String, key: String) async throws {
    let file = try folder.write(content, to: "in-\(UInt64.random(in: 0 ... .max))")
    _ = try await artifacts.put(
      file: file, key: key, checksum: Checksum(digest: SHA256.digest(of: content))!,
      size: Int64(content.utf8.count), contentType: "application/gzip", progress: nil)
  }

  /// What the pod's row says of its directory.
  func published() async throws -> String {
    wakes.continuation.yield()
    return try await lines(
      "select following from example_bundle_pods where owner = $1::uuid", [.text(worker.owner.text)]
    )
    .first ?? "no row"
  }

  // MARK: - Following

  /// Runs a follower beside a test.
  func following(_ body: () async throws -> Void) async throws {
    let follower = DirectoryFollower(
      store: store, artifacts: artifacts, directory: directory, source: Self.source, worker: worker)
    let task = Task {
      await follower.run(wakes: wakes.stream) { event in self.events.withLock { $0.append(event) } }
    }
    func end() async {
      task.cancel()
      await task.value
    }
    do {
      try await body()
    } catch {
      await end()
      throw error
    }
    await end()
  }

  /// What the follower has told so far.
  var told: [DirectoryFollower.Event] {
    wakes.continuation.yield()
    return events.withLock { $0 }
  }

  /// Waits until the follower says that it holds whatever the database holds.
  func settle(within limit: Duration = .seconds(40)) async throws {
    try await eventually(
      within: limit, "the directory holds every change",
      { () -> String in
        let text = try await self.published()
        guard case .inStep(let snapshot)? = Following(text) else { return "not in step: \(text)" }
        return try await self.store.oldestChange(unseenIn: snapshot).map { "\(text), unseen for \($0)" } ?? ""
      }, until: { $0.isEmpty })
  }

  // MARK: - The directory

  /// What the directory holds, by slug; what cannot be read by its path.
  func held() throws -> [String: LegacyStatus] {
    wakes.continuation.yield()
    var held: [String: LegacyStatus] = [:]
    try directory.read { item in
      if case .entry(let entry) = item { held[entry.status.slug.text] = entry.status }
    }
    return held
  }

  /// Fails unless the directory says what the rows say, archives included.
  func requireAgreement(except: Set<String> = []) async throws {
    let rows = try await store.statuses().filter { !except.contains($0.slug.text) }
    let held = try held().filter { !except.contains($0.key) }
    let expected = Dictionary(uniqueKeysWithValues: rows.map { ($0.slug.text, LegacyStatus($0)) })
    guard held == expected else { throw TestSupportError("the directory says \(held), the rows \(expected)") }
    for row in rows {
      guard let artifact = row.artifact else { continue }
      guard case .found(let archive) = directory.archive(of: LegacyStatus(row)) else {
        throw TestSupportError("\(row.slug) has no archive in the directory")
      }
      let actual = try directory.open(archive).checksum().hex
      guard actual == artifact.checksum else { throw TestSupportError("\(row.slug) has an archive \(actual)") }
    }
  }

  /// The names in a folder of the scene, sorted.
  func names(in folder: String) -> [String] {
    var names: [String] = []
    let reader = DirectoryReader.open("\(self.folder.path)/\(folder)")
    while let name = reader?.next() { names.append(String(decoding: name, as: UTF8.self)) }
    return names.sorted()
  }

  /// A status file as AppHub would have written it.
  func plant(_ slug: String, at moment: String, message: String = "old") throws {
    try folder.write(
      """
      {"slug": "\(slug)", "fingerprint": "f", "stage": "failed", "state": "failed",
       "updatedAt": "\(moment)", "createdAt": "\(moment)", "error": "e", "message": "\(message)"}
      """, to: "legacy/status/\(slug).json")
  }
}
