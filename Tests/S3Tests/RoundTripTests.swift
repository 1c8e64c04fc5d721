import BundleModel
import Glibc
import Hashing
import LocalStack
import ProcessControl
import TestSupport
import Testing

@testable import S3

extension TestObjectStore {
  /// A client of the server, with its keys or a wrong secret.
  func client(
    secret: Secret<String>? = nil, now: @escaping @Sendable () -> Timestamp = ThisProcess.now
  ) throws -> S3Client {
    let endpoint = try #require(S3Endpoint(endpoint, pathStyle: true))
    let credentials = S3Credentials(accessKeyID: accessKey, secretAccessKey: secret ?? secretKey)
    return S3Client(S3Configuration(endpoint: endpoint, region: region, credentials: credentials), now: now)
  }
}

func failure(_ call: () async throws(S3Error) -> Void) async -> S3Error? {
  do throws(S3Error) {
    try await call()
    return nil
  } catch {
    return error
  }
}

/// Against the real server.
@Suite struct RoundTripTests {
  /// Keys that the fast test server can hold; all others are compared with botocore's signatures.
  static let keys = [
    "plain.tgz", "folder/with space/file name", "a+b=c&d", "100%", "lit%2Fslash%25", "q?x#y;z", "c:d@e$f,g",
    "!'()*~", "back\\slash\"quote<`{}|^", "caf\u{E9}", "cafe\u{301}", "\u{1F600}.tgz",
  ]

  @Test(arguments: keys) func everyVerb(_ key: String) async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let directory = try TemporaryDirectory()
    let bytes = Array("bytes of \(key)".utf8)
    let checksum = try #require(Checksum(digest: SHA256.digest(of: bytes)))
    let file = try directory.write(bytes, to: "in")
    let bucket = store.bucket

    let missing = await failure { () throws(S3Error) in _ = try await client.headObject(bucket: bucket, key: key) }
    #expect(missing?.kind == .notFound)

    try await client.putObject(
      bucket: bucket, key: key, file: file, size: Int64(bytes.count), checksum: checksum,
      contentType: "application/gzip")
    let info = try await client.headObject(bucket: bucket, key: key)
    #expect(info.size == Int64(bytes.count))
    #expect(info.notedChecksum == checksum)
    #expect(info.contentType == "application/gzip")

    let listed = try await client.listObjects(bucket: bucket)
    #expect(listed.map { Array($0.key.utf8) } == [Array(key.utf8)])
    #expect(listed.first?.size == Int64(bytes.count))

    let (memory, _) = try await client.getObject(bucket: bucket, key: key, limit: 1000)
    #expect(memory == bytes)
    _ = try await client.getObject(bucket: bucket, key: key, file: directory.path + "/out", checksum: checksum)
    #expect(try TestFile.bytes(of: directory.path + "/out") == bytes)
    #expect(try await client.hashObject(bucket: bucket, key: key) == (checksum, Int64(bytes.count)))

    try await client.deleteObject(bucket: bucket, key: key)
    try await client.deleteObject(bucket: bucket, key: key)
    #expect(try await client.listObjects(bucket: bucket).isEmpty)
    let gone = await failure { () throws(S3Error) in
      _ = try await client.getObject(bucket: bucket, key: key, limit: 1000)
    }
    #expect(gone?.kind == .notFound && gone?.code == "NoSuchKey")
  }

  @Test func emptyObject() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let directory = try TemporaryDirectory()
    let nothing = try #require(Checksum(hex: SignatureV4.emptyHash))
    let file = try directory.write("", to: "empty")
    try await client.putObject(
      bucket: store.bucket, key: "empty", file: file, size: 0, checksum: nothing, contentType: "text/plain")
    _ = try await client.getObject(
      bucket: store.bucket, key: "empty", file: directory.path + "/out", checksum: nothing)
    #expect(try TestFile.bytes(of: directory.path + "/out") == [])
  }

  @Test func listsAllPagesInOrder() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let keys = (0..<23).map { "p/\($0.padded(3))" }
    for key in keys + ["q/other"] { try await client.putObject(bucket: store.bucket, key: key, bytes: [1, 2]) }
    #expect(try await client.listObjects(bucket: store.bucket, prefix: "p/", pageSize: 5).map(\.key) == keys)
    #expect(try await client.listObjects(bucket: store.bucket).count == 24)
  }

  @Test func wrongSecretIsDenied() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client(secret: Secret("not the secret"))
    let error = await failure { () throws(S3Error) in
      try await client.putObject(bucket: store.bucket, key: "key", bytes: [1])
    }
    #expect(error?.kind == .denied)
    #expect(error?.message.contains("not the secret") == false)
    let head = await failure { () throws(S3Error) in try await client.headBucket(store.bucket) }
    #expect(head?.kind == .denied, "a HEAD has no body to read the code from")
  }

  @Test func buckets() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let name = store.bucket + "-more"
    let missing = await failure { () throws(S3Error) in try await client.headBucket(name) }
    #expect(missing?.kind == .notFound)
    try await client.createBucket(name)
    try await client.createBucket(name)
    try await client.headBucket(name)
  }

  /// The bucket itself must not be what an empty key deletes.
  @Test func emptyKeyIsRefused() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let error = await failure { () throws(S3Error) in try await client.deleteObject(bucket: store.bucket, key: "") }
    #expect(error?.kind == .invalidRequest)
    try await client.headBucket(store.bucket)
  }

  /// A clock that is wrong by far is corrected by the server's own, once and for all.
  @Test(arguments: [20 * 60, -20 * 60]) func wrongClock(_ seconds: Int64) async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client(now: { ThisProcess.now().advanced(by: .seconds(seconds)) })
    try await client.putObject(bucket: store.bucket, key: "key", bytes: [1])
    #expect(try await client.getObject(bucket: store.bucket, key: "key", limit: 1).bytes == [1])
  }

  @Test func manyAtOnce() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let bucket = store.bucket
    let wrong = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<40 {
        group.addTask {
          let bytes = [UInt8](repeating: UInt8(number), count: number * 1000)
          do {
            try await client.putObject(bucket: bucket, key: "k\(number)", bytes: bytes)
            return try await client.getObject(bucket: bucket, key: "k\(number)", limit: 100_000).bytes != bytes
          } catch {
            return true
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(wrong == 0)
  }

  /// 64 MB go up and down in pieces; nothing ever asks for more than a buffer's worth at once.
  @Test func largeObjectInSmallPieces() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let directory = try TemporaryDirectory()
    let size: Int64 = 64 << 20
    let file = directory.path + "/large"
    #expect(try await Program.run("sh", ["-c", "head -c \(size) /dev/urandom > \(file)"]).succeeded)
    let sum = try await Program.run("sha256sum", [file]).output.prefix(64)
    let checksum = try #require(Checksum(hex: sum))
    let up = Steps()
    try await client.putObject(
      bucket: store.bucket, key: "large", file: file, size: size, checksum: checksum,
      contentType: "application/gzip", progress: { up.take($0) })
    #expect(up.last == size && up.largest <= 2 << 20)
    let down = Steps()
    _ = try await client.getObject(
      bucket: store.bucket, key: "large", file: directory.path + "/back", checksum: checksum,
      progress: { down.take($0) })
    #expect(down.last == size && down.largest <= 2 << 20)
    #expect(try await Program.run("cmp", [file, directory.path + "/back"]).succeeded)
  }
}
