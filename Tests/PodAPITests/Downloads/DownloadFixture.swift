import ArtifactStorage
import BundleModel
import BundleStore
import HTTPTransport
import Hashing
import Postgres
import ProcessControl
import S3
import Synchronization
import TestSupport
import Testing

@testable import PodAPI

/// Pods on a real database and a real store of archives, which the test may damage.
struct DownloadFixture: Sendable {
  enum Backend: String, CaseIterable, Sendable {
    case directory, bucket
  }

  let database: TestDatabase
  let store: BundleStore
  let artifacts: any ArtifactStore
  let folder: TemporaryDirectory
  private let access: AccessControl

  /// What all pods of a directory share.
  static let secret = "one secret of all the pods"

  /// Runs a test, and closes the database's connections afterwards.
  ///
  /// - Parameter publicHost: the name of this machine that a bucket's links are signed for.
  static func with(
    _ backend: Backend, publicHost: String = "127.0.0.1", _ body: (DownloadFixture) async throws -> Void
  ) async throws {
    let folder = try TemporaryDirectory()
    var environment = [
      "APPHUB_BUNDLE_STORAGE_ROOT": folder.path + "/store", "APPHUB_BUNDLE_STORAGE_SIGNING_SECRET": secret,
    ]
    if backend == .bucket {
      let objects = try await TestObjectStore.create()
      environment = objects.environment
      environment["APPHUB_BUNDLE_STORAGE_PUBLIC_ENDPOINT"] = objects.endpoint.replacing(
        "127.0.0.1", with: publicHost)
    }
    let database = try await TestDatabase.create()
    var connection = try ConnectionSettings(url: database.url)
    // The machine may be busy with other tests.
    (connection.connectDeadline, connection.statementDeadline) = (.seconds(60), .seconds(60))
    _ = try await Schema(connection).apply()
    let tokens = try folder.write(
      """
      reader read \(Checksums.hex(RouterFixture.readToken))
      writer write \(Checksums.hex(RouterFixture.writeToken))

      """, to: "tokens")
    let fixture = DownloadFixture(
      database: database, store: BundleStore(connection),
      artifacts: try StorageSettings(environment: environment).make(), folder: folder,
      access: try AccessControl(tokenFile: tokens, log: RouterFixture.silent))
    do {
      try await body(fixture)
      await fixture.store.close()
    } catch {
      await fixture.store.close()
      throw error
    }
  }

  // MARK: - Pods

  /// One of the pods.
  ///
  /// - Parameters:
  ///   - artifacts: nil is the fixture's store.
  ///   - later: how far its clock is ahead.
  func pod(
    artifacts: (any ArtifactStore)? = nil, publicURL: String? = nil, internalHosts: Set<String> = [],
    later: Duration = .zero
  ) -> Router {
    Router(
      services: PodServices(
        settings: PodAPISettings(
          pod: "a", owner: OwnerID("o"), version: "1", publicURL: publicURL, internalHosts: internalHosts),
        store: store, artifacts: artifacts ?? self.artifacts, access: access, log: RouterFixture.silent,
        now: { ThisProcess.now().advanced(by: later) }))
  }

  static func path(_ slug: String, _ fingerprint: String = "f1", query: String = "") -> String {
    "/examples/bundles/\(slug)/fingerprints/\(fingerprint)/download" + (query.isEmpty ? "" : "?" + query)
  }

  static let reader: HeaderFields = ["authorization": "Bearer \(RouterFixture.readToken)"]

  /// What a pod answers to one who may read.
  func ask(
    _ path: String, _ method: HTTPMethod = .get, headers: HeaderFields = [:], body: String = "",
    as caller: HeaderFields = reader, of pod: Router? = nil
  ) async -> Answered {
    var all = caller
    for field in headers.fields { all.add(field.name, field.value) }
    let answer = await (pod ?? self.pod()).answer(RouterFixture.request(method, path, headers: all, body: body))
    return await Answered(answer)
  }

  // MARK: - Archives

  /// Bytes that no two pieces have in common.
  static func bytes(_ count: Int, seed: Int = 1) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 31 &+ $0 >> 8 &+ $0 >> 16) }
  }

  /// Stores an archive, and writes its row.
  @discardableResult
  func add(
    _ slug: String, _ bytes: [UInt8], fingerprint: String = "f1", filename: String? = nil,
    contentType: String = "application/gzip"
  ) async throws -> Checksum {
    let checksum = try #require(Checksum(digest: SHA256.digest(of: bytes)))
    let key = key(slug, fingerprint)
    let file = try folder.write(bytes, to: "in-\(slug)")
    _ = try await artifacts.put(
      file: file, key: key, checksum: checksum, size: Int64(bytes.count), contentType: contentType, progress: nil)
    let name = (filename ?? "\(slug)-1.0.tgz").replacing("'", with: "''")
    try await database.psql(
      """
      insert into example_bundle_artifacts
        (id, slug, fingerprint, checksum, storage_kind, storage_key, storage_url, filename, content_type, size)
      values ('\(slug)-\(fingerprint)', '\(slug)', '\(fingerprint)', '\(checksum.hex)', '\(artifacts.kind.rawValue)',
        '\(key)', '\(artifacts.storageURL(key))', '\(name)', '\(contentType)', \(bytes.count))
      """)
    return checksum
  }

  func key(_ slug: String, _ fingerprint: String = "f1") -> String { "\(slug)/\(fingerprint)/\(slug).tgz" }

  /// Puts other bytes in the place of an archive, as a bad disk or a careless hand would.
  func damage(_ slug: String, with bytes: [UInt8]) async throws {
    guard let bucket = artifacts as? S3ArtifactStore else {
      try folder.write(bytes, to: "store/" + key(slug))
      return
    }
    _ = try await bucket.client.putObject(bucket: bucket.bucket, key: key(slug), bytes: bytes)
  }
}

/// An answer whose body was taken to its end.
struct Answered: Sendable {
  var status: Int
  var headers: HeaderFields
  var body: [UInt8] = []
  /// What was announced of a streamed body.
  var length: Int64?
  /// Why a streamed body ended early.
  var failure: (any Error)?

  init(_ answer: APIAnswer) async {
    (status, headers) = (answer.status, answer.headers)
    switch answer.body {
    case .empty: break
    case .bytes(let bytes): body = bytes
    case .endless: failure = APIError(500, "an archive has an end")
    case .stream(let length, let write):
      let sink = CollectingSink()
      do { try await write(sink) } catch { failure = error }
      (self.length, body) = (length, sink.bytes.withLock { $0 })
    }
  }

  var text: String { String(decoding: body, as: UTF8.self) }
}

/// Keeps a body.
final class CollectingSink: ByteSink {
  let bytes = Mutex<[UInt8]>([])

  func write(_ piece: [UInt8]) async throws { bytes.withLock { $0 += piece } }
}
