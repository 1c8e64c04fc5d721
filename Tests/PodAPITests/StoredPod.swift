import ArtifactStorage
import BundleModel
import BundleStore
import JSON
import LegacyStore
import Persistence
import Postgres
import TestSupport

@testable import PodAPI

/// The API of a pod on a database of its own, with bundles that a made-up pod offers and packages.
struct StoredPod: Sendable {
  let database: TestDatabase
  let store: BundleStore
  let router: Router
  /// Its directory of AppHub's files; nothing writes to it but the test.
  let directory: LegacyDirectory
  let folder: TemporaryDirectory
  let worker = Worker(owner: StoredPod.owner, pod: "pod-a")
  private static let owner = OwnerID("00000000-0000-4000-8000-000000000001")

  /// Runs a test, and closes every connection afterwards.
  ///
  /// - Parameters:
  ///   - offering: what the made-up pod has.
  ///   - mode: where it keeps bundles.
  static func with(
    offering: [String] = ["demo"], publicURL: String? = nil, mode: PersistenceMode = .database,
    _ body: (StoredPod) async throws -> Void
  ) async throws {
    let database = try await TestDatabase.create()
    let connection = try ConnectionSettings(url: database.url)
    _ = try await Schema(connection).apply()
    let directory = try TemporaryDirectory()
    // With the rights of a pod. One of a busy machine may be silent for a while.
    var rights = connection
    rights.options = Secret(connection.options.reveal().merging(["options": "-c role=bundlepod"]) { $1 })
    let store = BundleStore(rights, settings: StoreSettings(goneAfter: .seconds(600)), connections: 2)
    let tokens = [("reader", "read", RouterFixture.readToken), ("writer", "read,write", RouterFixture.writeToken)]
    let lines = tokens.map { "\($0.0) \($0.1) \(Checksums.hex($0.2))\n" }
    let legacy = LegacyDirectory(path: try directory.makeFolder("legacy"))
    let services = PodServices(
      settings: PodAPISettings(pod: "pod-a", owner: OwnerID("o"), version: "1", publicURL: publicURL),
      store: store,
      reads: PodReads(store, mode: mode, directory: DirectoryReading(legacy), owner: Self.owner),
      artifacts: LocalArtifactStore(root: directory.path, signingSecret: Secret([UInt8](repeating: 7, count: 32))),
      access: try AccessControl(
        tokenFile: directory.write(lines.joined(), to: "tokens"), log: RouterFixture.silent),
      log: RouterFixture.silent)
    let pod = StoredPod(
      database: database, store: store, router: Router(services: services), directory: legacy, folder: directory)
    do {
      try await store.register(
        PodRegistration(
          worker: pod.worker, url: "http://127.0.0.1:1", version: "1", mode: mode, store: "s", concurrency: 1,
          catalogue: offering.compactMap { Slug($0) }.map { ($0, "1.0") }))
      try await body(pod)
    } catch {
      await store.close()
      throw error
    }
    await store.close()
    try await database.drop()
  }

  /// What the pod answers to somebody with a token that may write.
  func ask(
    _ method: HTTPMethod, _ target: String, body: String = "", key: String? = nil,
    token: String? = RouterFixture.writeToken
  ) async throws -> Answer {
    var headers: HeaderFields = [:]
    headers["authorization"] = token.map { "Bearer \($0)" }
    headers["idempotency-key"] = key
    let answer = await router.answer(RouterFixture.request(method, target, headers: headers, body: body))
    return Answer(status: answer.status, text: RouterFixture.text(answer))
  }

  /// One answer whose body is JSON.
  struct Answer {
    var status: Int
    var text: String

    /// The member that a path of names and indices leads to; nil when there is none.
    subscript(_ path: String) -> JSONValue? {
      guard var value = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
      for step in path.split(separator: ".") {
        switch value {
        case .object(let object):
          guard let member = object[String(step)] else { return nil }
          value = member
        case .array(let values):
          guard let index = Int(step), values.indices.contains(index) else { return nil }
          value = values[index]
        default: return nil
        }
      }
      return value
    }

    /// The same for a string.
    func string(_ path: String) -> String? {
      if case .string(let text)? = self[path] { text } else { nil }
    }

    /// How many elements an array has.
    func count(_ path: String) -> Int? {
      if case .array(let values)? = self[path] { values.count } else { nil }
    }
  }

  /// Claims what waits of a bundle.
  func claim(_ slug: String) async throws -> Claim {
    guard let slug = Slug(slug), let claim = try await store.claim(worker, catalogue: [slug], limit: 1).first else {
      throw TestSupportError("nothing to claim of \(slug)")
    }
    return claim
  }

  /// Packages what waits of a bundle.
  @discardableResult
  func complete(_ slug: String) async throws -> Claim {
    let claim = try await claim(slug)
    let checksum = Checksum(digest: [UInt8](repeating: 1, count: 32))!
    let made = Publication(
      fingerprint: Fingerprint("f1")!, version: "1.0", checksum: checksum, filename: "\(slug)-1.0.tgz",
      storageKind: .local, storageKey: "\(slug)/f1/x/\(slug)-1.0.tgz", storageURL: "local://\(slug)/f1/x",
      contentType: "application/gzip", size: 10, cached: false, message: "built")
    guard try await store.complete(claim, made, tail: "printed") == .ended(.completed) else {
      throw TestSupportError("lost \(slug)")
    }
    return claim
  }
}
