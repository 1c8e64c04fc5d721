import ArtifactStorage
import BundleModel
import Hashing
import TestSupport
import Testing

@testable import S3

/// The two backends, which must behave alike.
enum Backend: String, CaseIterable, Sendable {
  case s3, local
}

/// An empty store on a real server or in a real directory, and the means to damage it.
struct StoreUnderTest: Sendable {
  let store: any ArtifactStore
  /// For files of the test; in the local case also the store, in a folder of its own.
  let directory: TemporaryDirectory
  private let client: S3Client?
  private let bucket: String

  init(_ backend: Backend) async throws {
    directory = try TemporaryDirectory()
    switch backend {
    case .local:
      store = LocalArtifactStore(
        root: directory.path + "/store", signingSecret: Secret(Array("signing secret".utf8)))
      (client, bucket) = (nil, "")
    case .s3:
      let server = try await TestObjectStore.create()
      let settings = try StorageSettings(environment: server.environment)
      let made = try #require(settings.make() as? S3ArtifactStore)
      (store, client, bucket) = (made, made.client, server.bucket)
    }
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
    guard let client else {
      try directory.write(text, to: "store/" + key)
      return
    }
    var call = S3Call(method: .put, operation: "PUT", bucket: bucket, key: key, body: .bytes(Array(text.utf8)))
    call.payloadHash = checksum.hex
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
