import BundleModel
import Postgres
import TestSupport

@testable import BundleStore

/// A database with the schema, a store on it with short times, and a second door for raw SQL.
struct StoreFixture: Sendable {
  let database: DatabaseCopy
  let connection: ConnectionSettings
  let store: BundleStore
  /// Outside of the store's pool: for looking, and for holding transactions open.
  let raw: Connection

  /// Short enough for tests, long enough that a busy machine does not let a lease run out by itself.
  static let times = StoreSettings(
    lease: .seconds(30), renewEvery: .seconds(5), stopAfter: .seconds(20), beatEvery: .seconds(1),
    goneAfter: .seconds(10), pollEvery: .milliseconds(100), maxAttempts: 3, attemptCap: 5,
    backoff: .milliseconds(20) ... .milliseconds(80))

  /// Runs a test on a database of its own and closes every connection afterwards.
  ///
  /// - Parameter changesSchema: the database must not serve another test.
  static func with<T: Sendable>(
    settings: StoreSettings = times, connections: Int = 2, changesSchema: Bool = false,
    _ body: (StoreFixture) async throws -> T
  ) async throws -> T {
    let database = try await changesSchema ? SchemaTemplate.copy() : SchemaTemplate.take()
    let connection = try ConnectionSettings(url: database.url)
    let fixture = StoreFixture(
      database: database, connection: connection,
      store: BundleStore(connection, settings: settings, connections: connections),
      raw: try await Connection.connect(connection))
    do {
      let value = try await body(fixture)
      await fixture.close(reuse: !changesSchema)
      return value
    } catch {
      await fixture.close(reuse: false)
      throw error
    }
  }

  private func close(reuse: Bool) async {
    await store.close()
    if reuse { await SchemaTemplate.giveBack(database, raw) }
    await raw.close()
    if !reuse { await database.drop() }
  }

  // MARK: - Raw SQL

  /// Runs a statement outside of the store.
  @discardableResult
  func sql(_ text: String, _ parameters: [Parameter] = []) async throws -> Rows {
    try await raw.query(text, parameters)
  }

  /// The first column of the first row.
  func value<T: PostgresDecodable & Sendable>(
    _ text: String, _ parameters: [Parameter] = [], as type: T.Type = T.self
  ) async throws -> T? {
    try await raw.query(text, parameters).first?.decode(at: 0, as: T?.self)
  }

  /// The rows as `psql` would show them: columns separated by `|`, null as nothing.
  func lines(_ text: String, _ parameters: [Parameter] = []) async throws -> [String] {
    let rows = try await raw.query(text, parameters)
    let columns = rows.columns.indices
    return try rows.map { row in
      try columns.map { try row.decode(at: $0, as: String?.self) ?? "" }.joined(separator: "|")
    }
  }

  /// Another connection with this fixture's rights.
  func connect() async throws -> Connection { try await Connection.connect(connection) }

  // MARK: - Steps that many tests take

  /// A pod process under this name.
  func worker(_ pod: String = "pod-a") -> Worker { Worker(owner: OwnerID(randomUUID()), pod: pod) }

  /// Asks for a bundle and claims it.
  func claim(_ slug: Slug, by worker: Worker, options: JobOptions = JobOptions()) async throws -> Claim {
    _ = try await store.enqueue(slug, options: options, by: "test")
    return try await claimQueued(slug, by: worker)
  }

  /// Claims a job that waits.
  func claimQueued(_ slug: Slug, by worker: Worker) async throws -> Claim {
    guard let claim = try await store.claim(worker, catalogue: [slug], limit: 1).first else {
      throw TestSupportError("nothing to claim for \(slug)")
    }
    return claim
  }

  /// Lets the lease of a job run out.
  func expire(_ job: JobID) async throws {
    try await sql(
      "update example_bundle_jobs set lease_until = now() - interval '1 second' where id = $1::uuid and state = 'running'",
      [.text(job.text)])
  }

  /// Lets a waiting time pass at once.
  func makeDue(_ slug: Slug) async throws {
    try await sql(
      "update example_bundle_jobs set run_at = now() where slug = $1 and state = 'queued'", [.text(slug.text)])
  }

  /// The status of one bundle.
  func status(_ slug: Slug) async throws -> BundleStatus? { try await store.statuses(of: [slug]).first }

  /// The state of a job.
  func jobState(_ job: JobID) async throws -> String? {
    try await value("select state from example_bundle_jobs where id = $1::uuid", [.text(job.text)])
  }
}

/// What an attempt publishes; `bytes` stands for the content.
func publication(_ slug: Slug, fingerprint: String = "f1", bytes: UInt8 = 1, cached: Bool = false) -> Publication {
  let checksum = Checksum(digest: [UInt8](repeating: bytes, count: 32))!
  let key = "\(slug)/\(fingerprint)/\(checksum.hex.prefix(16))/\(slug)-1.0.tgz"
  return Publication(
    fingerprint: Fingerprint(fingerprint)!, version: "1.0", checksum: checksum, filename: "\(slug)-1.0.tgz",
    storageKind: .s3, storageKey: key, storageURL: "s3://bucket/\(key)", contentType: "application/gzip", size: 10,
    cached: cached, message: cached ? "cache" : "built")
}

extension Slug: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self = Slug(text)! }
}

/// A random UUID in lower case.
func randomUUID() -> String {
  var digits = Array(
    (0..<2).map { _ in
      let half = String(UInt64.random(in: 0 ... .max), radix: 16)
      return String(repeating: "0", count: 16 - half.count) + half
    }.joined())
  for position in [8, 13, 18, 23] { digits.insert("-", at: position) }
  return String(digits)
}
