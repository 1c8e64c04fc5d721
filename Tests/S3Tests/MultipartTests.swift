import BundleModel
import HTTPTransport
import Hashing
import TestSupport
import Testing

@testable import S3

@Suite struct MultipartSettingsTests {
  @Test func partsCoverTheFile() throws {
    let settings = MultipartSettings(threshold: 10, partSize: 7, parallel: 2)
    #expect(settings.fitsOneRequest(10) && !settings.fitsOneRequest(11))
    #expect(
      settings.parts(of: 20) == [
        FilePart(number: 1, offset: 0, size: 7), FilePart(number: 2, offset: 7, size: 7),
        FilePart(number: 3, offset: 14, size: 6),
      ])
    #expect(settings.parts(of: 14)?.map(\.size) == [7, 7])
    #expect(settings.parts(of: 0)?.map(\.size) == [0])
    for size in [1, 70_000, 70_001, (16 << 20) * 10_000, (16 << 20) * 10_000 + 1, 5 << 40] as [Int64] {
      let parts = try #require(MultipartSettings(partSize: 7).parts(of: size))
      #expect(parts.count <= 10_000 && parts.reduce(0) { $0 + $1.size } == size)
      #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.offset + $0.size == $1.offset })
    }
    #expect(MultipartSettings().parts(of: 60 << 40) == nil, "more than 10,000 parts of 5 GiB")
    #expect(!MultipartSettings(threshold: .max).fitsOneRequest(5 << 30 + 1))
  }

  @Test func progressAddsUp() {
    let steps = Steps()
    let progress = PartProgress(3) { steps.take($0) }
    progress.take(5, part: 1)
    progress.take(7, part: 3)
    progress.take(2, part: 1)  // a part begins again
    #expect(steps.last == 9)
  }
}

/// Against the real server.
@Suite struct MultipartTests {
  private let small = MultipartSettings(threshold: 1 << 20, partSize: 1 << 20, parallel: 3)

  /// A file of bytes that differ from part to part.
  private func file(_ size: Int, in directory: TemporaryDirectory) throws -> (path: String, checksum: Checksum) {
    var random = SeededRandom(seed: UInt64(size))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 8)
    while bytes.count < size { withUnsafeBytes(of: random.next()) { bytes += $0 } }
    bytes.removeLast(bytes.count - size)
    return (try directory.write(bytes, to: "in"), try #require(Checksum(digest: SHA256.digest(of: bytes))))
  }

  @Test(arguments: [(1 << 20) + 1, 5_500_000, 4 << 20]) func goesUpInParts(_ size: Int) async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let directory = try TemporaryDirectory()
    let (path, checksum) = try file(size, in: directory)
    let key = "a+b/ü & <x>.tgz"
    let steps = Steps()
    let etag = try await client.uploadObject(
      bucket: store.bucket, key: key, file: path, size: Int64(size), checksum: checksum,
      contentType: "application/gzip", multipart: small, progress: { steps.take($0) })
    #expect(steps.last == Int64(size))
    let info = try await client.confirmObject(
      bucket: store.bucket, key: key, size: Int64(size), checksum: checksum)
    #expect(etag?.isEmpty == false, "rclone tells another ETag afterwards")
    #expect(info.contentType == "application/gzip")
    #expect(try await client.hashObject(bucket: store.bucket, key: key) == (checksum, Int64(size)))
    #expect(try await client.listUploads(bucket: store.bucket).isEmpty)
  }

  @Test func unknownChecksum() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let directory = try TemporaryDirectory()
    for size in [0, 10, 131_072, 131_073, 3_000_000] {
      let (path, checksum) = try file(size, in: directory)
      let found = try await client.uploadObject(
        bucket: store.bucket, key: "k\(size)", file: path, contentType: "text/plain", multipart: small)
      #expect(found == (checksum, Int64(size)))
      #expect(try await client.hashObject(bucket: store.bucket, key: "k\(size)") == (checksum, Int64(size)))
    }
    let error = await failure { () throws(S3Error) in
      _ = try await client.uploadObject(
        bucket: store.bucket, key: "k", file: directory.path + "/none", contentType: "text/plain")
    }
    #expect(error?.kind == .file)
  }

  /// The whole file's checksum is wrong, though every part is what its own says.
  @Test func wrongChecksumLeavesNothing() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let directory = try TemporaryDirectory()
    let (path, _) = try file(3_000_000, in: directory)
    let wrong = try #require(Checksum(hex: SignatureV4.emptyHash))
    let error = await failure { () throws(S3Error) in
      _ = try await client.uploadObject(
        bucket: store.bucket, key: "key", file: path, size: 3_000_000, checksum: wrong, contentType: "text/plain",
        multipart: small)
    }
    #expect(error?.kind == .integrity)
    #expect(try await client.listObjects(bucket: store.bucket).isEmpty)
    #expect(try await client.listUploads(bucket: store.bucket).isEmpty)
  }

  /// rclone knows no bucket here before its first upload.
  @Test func bucketWithoutUploads() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    #expect(try await client.listUploads(bucket: store.bucket).isEmpty)
    let error = await failure { () throws(S3Error) in _ = try await client.listUploads(bucket: "no-such-bucket") }
    #expect(error?.kind == .notFound)
  }

  @Test func cancelledLeavesNothing() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let directory = try TemporaryDirectory()
    let (path, checksum) = try file(20_000_000, in: directory)
    let bucket = store.bucket
    let began = Counter()
    let task = Task { () -> S3Error? in
      await failure { () throws(S3Error) in
        _ = try await client.uploadObject(
          bucket: bucket, key: "key", file: path, size: 20_000_000, checksum: checksum, contentType: "text/plain",
          multipart: MultipartSettings(threshold: 1 << 20, partSize: 1 << 20, parallel: 1),
          progress: { _ in began.increment() })
      }
    }
    try await until { began.value > 0 }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    #expect(try await client.listObjects(bucket: bucket).isEmpty)
    #expect(try await client.listUploads(bucket: bucket).isEmpty)
  }

  /// Somebody writes to the file when the first part is on its way.
  @Test func changedFileLeavesNothing() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let directory = try TemporaryDirectory()
    let (path, checksum) = try file(8_000_000, in: directory)
    let began = Counter()
    let error = await failure { () throws(S3Error) in
      _ = try await client.uploadObject(
        bucket: store.bucket, key: "key", file: path, size: 8_000_000, checksum: checksum,
        contentType: "text/plain",
        multipart: MultipartSettings(threshold: 1 << 20, partSize: 1 << 20, parallel: 1),
        progress: { _ in
          if began.increment() == 1 { try? TestFile.overwrite(path, at: 7_900_000, with: [0, 1, 2, 3]) }
        }
      )
    }
    #expect(error?.kind == .integrity)
    #expect(try await client.listObjects(bucket: store.bucket).isEmpty)
    #expect(try await client.listUploads(bucket: store.bucket).isEmpty)
  }

  @Test func copies() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let key = "odd +%ü?#/a b"
    try await client.putObject(bucket: store.bucket, key: key, bytes: Array("bytes".utf8), contentType: "text/x")
    try await client.copyObject(bucket: store.bucket, key: key, toBucket: store.bucket, toKey: "copy")
    let (bytes, info) = try await client.getObject(bucket: store.bucket, key: "copy", limit: 100)
    #expect(bytes == Array("bytes".utf8) && info.notedChecksum == Checksum(digest: SHA256.digest(of: bytes)))
    let missing = await failure { () throws(S3Error) in
      try await client.copyObject(bucket: store.bucket, key: "none", toBucket: store.bucket, toKey: "x")
    }
    #expect(missing?.kind == .notFound)
  }

  @Test func deletesManyAtOnce() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    let keys = (0..<30).map { "k\($0)" } + ["a&b", "<x>", "\"q\"", "caf\u{E9}", "cafe\u{301}", "tab\tkey"]
    for key in keys + ["kept"] { try await client.putObject(bucket: store.bucket, key: key, bytes: [1]) }
    #expect(try await client.deleteObjects(bucket: store.bucket, keys: keys + ["never there"]).isEmpty)
    #expect(try await client.listObjects(bucket: store.bucket).map(\.key) == ["kept"])
    #expect(try await client.deleteObjects(bucket: store.bucket, keys: []).isEmpty)
  }

  @Test func eachObjectStopsWhenTold() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    for number in 0..<7 { try await client.putObject(bucket: store.bucket, key: "k\(number)", bytes: [1]) }
    var seen: [String] = []
    try await client.eachObject(bucket: store.bucket, pageSize: 3) { seen.append($0.key) }
    #expect(seen == (0..<7).map { "k\($0)" })
    let stop = S3Error(kind: .cancelled, code: "Enough", message: "enough")
    seen = []
    let error = await failure { () throws(S3Error) in
      try await client.eachObject(bucket: store.bucket, pageSize: 3) { (object) throws(S3Error) in
        seen.append(object.key)
        if seen.count == 4 { throw stop }
      }
    }
    #expect(error == stop && seen.count == 4)
  }

  @Test func unfinishedUploadsAreListedAndAborted() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    var ids: [String: String] = [:]
    for key in ["a b", "p/x", "p/é"] {
      var call = S3Call(method: .post, operation: "PUT", bucket: store.bucket, key: key, body: .bytes([]))
      call.query = [("uploads", "")]
      ids[key] = S3CreatedUpload(try await client.perform(call).body)?.uploadID
    }
    let all = try await client.listUploads(bucket: store.bucket, pageSize: 2)
    #expect(Dictionary(all.map { ($0.key, $0.uploadID) }, uniquingKeysWith: { $1 }) == ids)
    #expect(try await client.listUploads(bucket: store.bucket, prefix: "p/").count == 2)
    for upload in all {
      #expect(
        try await client.listParts(bucket: store.bucket, key: upload.key, uploadID: upload.uploadID).isEmpty)
      try await client.abortUpload(bucket: store.bucket, key: upload.key, uploadID: upload.uploadID)
      try await client.abortUpload(bucket: store.bucket, key: upload.key, uploadID: upload.uploadID)
    }
    #expect(try await client.listUploads(bucket: store.bucket).isEmpty)
    #expect(try await client.bucketRegion(store.bucket).isEmpty == false)
  }
}
