import ArtifactStorage
import BundleModel
import BundleStore
import Hashing
import LegacyMigration
import LegacyStore
import Postgres
import TestSupport

/// Directories of AppHub's, a database with the schema and an object store: all of one test.
struct MovedHome: Sendable {
  let database: TestDatabase
  let store: BundleStore
  let artifacts: any ArtifactStore
  let folder: TemporaryDirectory

  static func with(_ body: (MovedHome) async throws -> Void) async throws {
    let database = try await TestDatabase.create()
    let connection = try ConnectionSettings(url: database.url)
    _ = try await Schema(connection).apply()
    let bucket = try await TestObjectStore.create()
    let home = MovedHome(
      database: database, store: BundleStore(connection),
      artifacts: try StorageSettings(environment: bucket.environment).make(), folder: try TemporaryDirectory())
    do {
      try await body(home)
      await home.store.close()
    } catch {
      await home.store.close()
      throw error
    }
  }

  /// A directory with an id, empty at first.
  func source(_ id: String = "one") throws -> MigrationSource {
    try folder.makeFolder("\(id)/status")
    let directory = LegacyDirectory(path: "\(folder.path)/\(id)")
    try directory.establishSourceID(id)
    return MigrationSource(id: id, directory: directory)
  }

  /// Writes a status, and for a completed one its archive of these bytes.
  @discardableResult
  func write(
    _ slug: String, _ stage: Stage = .completed, in source: MigrationSource, at: Int64 = 0, bytes: String? = nil,
    fingerprint: String = "f1", error: String? = nil
  ) throws -> LegacyStatus {
    let name = Slug(slug)!
    let text = Array((bytes ?? "archive of \(slug)").utf8)
    let checksum = Checksum(digest: SHA256.digest(of: text))!
    let isDone = stage == .completed
    let status = LegacyStatus(
      slug: name, fingerprint: Fingerprint(fingerprint)!, stage: stage, createdAt: Claims.moment(-60_000),
      updatedAt: Claims.moment(at), jobID: slug, version: isDone ? "1.0.0" : nil,
      checksum: isDone ? checksum.hex : nil, filename: isDone ? "\(slug)-1.0.0.tgz" : nil,
      cached: isDone ? false : nil, error: stage == .failed ? error ?? "it broke" : nil)
    if isDone {
      try source.directory.place(
        archive: name, fingerprint: status.fingerprint, filename: status.filename, modifiedAt: status.updatedAt,
        checksum: checksum
      ) { draft in try draft.write(text) }
    }
    try source.directory.write(status)
    return status
  }

  @discardableResult
  func run(_ sources: MigrationSource...) async throws -> MigrationReport {
    try await MigrationRun(sources, store: store, artifacts: artifacts, who: "ann").run()
  }

  func verify(_ sources: MigrationSource..., deep: Bool = false) async throws -> VerificationReport {
    try await MigrationVerifier(store: store, artifacts: artifacts, deep: deep, host: "h").verify(sources)
  }

  func clean(_ source: MigrationSource, apply: Bool = true) async throws -> CleanReport {
    try await DirectoryCleaner(store: store, who: "ann", host: "h").clean(source, apply: apply)
  }

  func cutover(acceptsQuarantine: Bool = false) async throws -> SwitchAnswer {
    try await Rollout(store: store, who: "ann").take(.cutover, acceptsQuarantine: acceptsQuarantine)
  }

  /// Every file below a directory, but for the marker.
  func files(_ source: MigrationSource) async throws -> [String] {
    let found = try await Program.run("/usr/bin/find", [source.directory.path, "-type", "f", "-printf", "%P\n"])
    return found.output.split(separator: "\n").map(String.init).filter { $0 != ".bundletop-source" }.sorted()
  }
}
