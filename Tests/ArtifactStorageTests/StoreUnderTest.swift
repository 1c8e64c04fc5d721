import ArtifactStorage
import BundleModel
import HTTPTransport
import Hashing
import LocalStack
import S3Stub
import TestSupport
import Testing

@testable import S3

/// The backends, which must behave alike.
enum Backend: String, CaseIterable, Sendable, CustomTestStringConvertible {
  /// A directory.
  case local
  /// rclone: fast, believes false checksums, overwrites in spite of `If-None-Match`.
  case rclone
  /// OpenStack Swift: checks everything.
  case swift
  /// moto: checks no signature, honours every condition.
  case moto
  /// Our own: as strict as AWS.
  case stub

  /// S3 where any server will do.
  static let s3 = Backend.rclone
  /// Those that speak S3.
  static let remote = allCases.filter { $0 != .local }
  /// Those that check who asks.
  static let strict: [Backend] = [.rclone, .swift, .stub]

  var testDescription: String { rawValue }
}

/// The stub as a server like the others; ends with the last reference.
struct StubServer: ObjectServer {
  let stub: S3Stub
  let accessKey = "stub:access"
  let secretKey = Secret("SKcanary/stub+secret")

  init() throws {
    var settings = S3Stub.Settings()
    (settings.accessKey, settings.secretKey) = (accessKey, secretKey.reveal())
    stub = try S3Stub(settings, buckets: [])
  }

  var endpoint: String { stub.endpoint }
  func makeBucket(_ name: String) async throws(LocalStackError) { stub.addBucket(name) }
}

/// An empty store on a real server or in a real directory, and the means to damage it.
struct StoreUnderTest: Sendable {
  let store: any ArtifactStore
  /// For files of the test; in the local case also the store, in a folder of its own.
  let directory: TemporaryDirectory
  /// Nil in the local case.
  let objects: TestObjectStore?
  let client: S3Client?

  init(_ backend: Backend) async throws {
    directory = try TemporaryDirectory()
    objects =
      switch backend {
      case .local: nil
      case .rclone: try await TestObjectStore.create()
      case .swift: try await TestObjectStore.create(on: try await SharedServers.swift())
      case .moto: try await TestObjectStore.create(on: try await SharedServers.moto())
      case .stub: try await TestObjectStore.create(on: try StubServer())
      }
    if let objects {
      let made = try StorageSettings(environment: objects.environment).make()
      (store, client) = (made, try #require(made as? S3ArtifactStore).client)
    } else {
      let secret = Secret(Array("SKcanary signing secret".utf8))
      (store, client) = (LocalArtifactStore(root: directory.path + "/store", signingSecret: secret), nil)
    }
  }

  /// Another store of the same objects, with some of the `APPHUB_BUNDLE_STORAGE_…` changed.
  func store(changing changes: [String: String]) throws -> any ArtifactStore {
    let environment = try #require(objects).environment
    let all = environment.merging(changes.map { ("APPHUB_BUNDLE_STORAGE_" + $0, $1) }) { $1 }
    return try StorageSettings(environment: all).make()
  }

  /// A file with its true checksum.
  func file(_ text: String, name: String = "in") throws -> (path: String, checksum: Checksum, size: Int64) {
    let path = try directory.write(text, to: name)
    return (path, try #require(Checksum(digest: SHA256.digest(of: text))), Int64(text.utf8.count))
  }

  /// Stores text in the ordinary way.
  @discardableResult
  func put(_ text: String, key: String) async throws -> PutOutcome {
    let file = try file(text, name: "in-\(UInt64.random(in: 0...UInt64.max))")
    return try await store.put(
      file: file.path, key: key, checksum: file.checksum, size: file.size, contentType: "application/gzip",
      progress: nil)
  }

  /// Puts other bytes under a key, which go on claiming the old checksum, as a bad disk or a careless hand would.
  func corrupt(key: String, with text: String, claiming checksum: Checksum) async throws {
    guard let client, let objects else {
      try directory.write(text, to: "store/" + key)
      return
    }
    var call = S3Call(
      method: .put, operation: "PUT", bucket: objects.bucket, key: key, body: .bytes(Array(text.utf8)))
    call.payloadHash = ByteEncoding.hex(SHA256.digest(of: text))
    call.headers = [HTTPHeader("x-amz-meta-sha256", checksum.hex)]
    _ = try await client.perform(call)
  }

  /// Every file of the test directory but the inputs, without the store's.
  func leftovers() async throws -> String {
    let command = "find . -name '*.part' -o -path ./store -prune -o -type f ! -name 'in*' -print"
    return try await Program.run("sh", ["-c", command], workingDirectory: directory.path).output
  }
}

/// The error of a call that must fail.
func failure(_ call: () async throws(StorageError) -> Void) async -> StorageError? {
  do throws(StorageError) {
    try await call()
    return nil
  } catch {
    return error
  }
}
