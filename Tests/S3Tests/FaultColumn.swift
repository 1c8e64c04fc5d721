import ArtifactStorage
import BundleModel
import S3Stub
import TestSupport

@testable import S3

/// One column of the matrix: what is asked, and which of its requests meets the fault.
enum FaultColumn: String, CaseIterable, Sendable {
  case put, create, part, complete
  case file = "get file"
  case memory = "get memory"
  case head, list, delete
  case bulk = "bulk delete"
  case copy
  case storePut = "store put"
  case storeHead = "store put, HEAD"
  case storeGet = "store get"

  var operation: StubOperation {
    switch self {
    case .put, .storePut: .putObject
    case .create: .createUpload
    case .part: .uploadPart
    case .complete: .completeUpload
    case .file, .memory, .storeGet: .getObject
    case .head, .storeHead: .headObject
    case .list: .listObjects
    case .delete: .deleteObject
    case .bulk: .deleteObjects
    case .copy: .copyObject
    }
  }

  /// Whether the object is there beforehand.
  var needsObject: Bool {
    switch self {
    case .put, .create, .part, .complete, .storePut, .storeHead: false
    case .file, .memory, .head, .list, .delete, .bulk, .copy, .storeGet: true
    }
  }
}

/// What one cell is made of.
struct FaultLab: Sendable {
  let stub: S3Stub
  let client: S3Client
  let directory: TemporaryDirectory
  let payload = FaultLab.bytes
  let checksum: Checksum

  static let key = "object"
  private static let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: ($0 &* 31) ^ ($0 >> 8)) }

  init(_ stub: S3Stub, _ client: S3Client) throws {
    (self.stub, self.client) = (stub, client)
    directory = try TemporaryDirectory()
    guard let checksum = Checksum(digest: StubDigest.sha256(payload)) else { throw TestSupportError("no checksum") }
    self.checksum = checksum
    try directory.write(payload, to: "in")
  }

  private var input: String { directory.path + "/in" }
  private var output: String { directory.path + "/out" }
  private var size: Int64 { Int64(payload.count) }

  /// Lets the object be there, with what an uploader of ours notes.
  func prepare() {
    stub.store(
      key: FaultLab.key, bytes: payload, headers: [("x-amz-meta-sha256", checksum.hex)], checksum: checksum.digest)
  }

  /// Does it; what is wrong with a result that claims to be one.
  func run(_ column: FaultColumn) async throws -> [String] {
    let key = FaultLab.key
    switch column {
    case .put:
      try await client.putObject(
        bucket: "bucket", key: key, file: input, size: size, checksum: checksum, contentType: "text/plain")
      return stored(key)
    case .create, .part, .complete:
      _ = try await client.uploadObject(
        bucket: "bucket", key: key, file: input, size: size, checksum: checksum, contentType: "text/plain",
        multipart: MultipartSettings(threshold: 1000, partSize: 20_000, parallel: 2))
      return stored(key)
    case .file:
      let info = try await client.getObject(bucket: "bucket", key: key, file: output, checksum: checksum)
      return (try TestFile.bytes(of: output) == payload ? [] : ["the file has other bytes"])
        + (info.size == size ? [] : ["the size is \(info.size)"])
    case .memory:
      let (bytes, _) = try await client.getObject(bucket: "bucket", key: key, limit: 1 << 20)
      return bytes == payload ? [] : ["\(bytes.count) other bytes in memory"]
    case .head:
      let info = try await client.headObject(bucket: "bucket", key: key)
      return info.size == size && info.notedChecksum == checksum ? [] : ["HEAD says \(info)"]
    case .list:
      let keys = try await client.listObjects(bucket: "bucket").map(\.key)
      return keys == [key] ? [] : ["the listing says \(keys)"]
    case .delete:
      try await client.deleteObject(bucket: "bucket", key: key)
      return stub.keys().isEmpty ? [] : ["the object is still there"]
    case .bulk:
      let failures = try await client.deleteObjects(bucket: "bucket", keys: [key])
      guard failures.isEmpty else { throw TestSupportError(failures[0].code) }
      return stub.keys().isEmpty ? [] : ["the object is still there"]
    case .copy:
      try await client.copyObject(bucket: "bucket", key: key, toBucket: "bucket", toKey: "copy")
      return stub.object(key: "copy")?.bytes == payload ? [] : ["there is no right copy"]
    case .storePut, .storeHead:
      _ = try await store.put(
        file: input, key: key, checksum: checksum, size: size, contentType: "text/plain", progress: nil)
      return stored(key)
    case .storeGet:
      try await store.fetch(key, file: output, checksum: checksum)
      return try TestFile.bytes(of: output) == payload ? [] : ["the file has other bytes"]
    }
  }

  private var store: S3ArtifactStore { S3ArtifactStore(client: client, bucket: "bucket") }

  private func stored(_ key: String) -> [String] {
    stub.object(key: key)?.bytes == payload ? [] : ["the object in the store is not what was sent"]
  }

  /// What is left behind that must not be.
  func traces(_ column: FaultColumn, failed: Bool) async throws -> [String] {
    var traces = stub.keys().filter { stub.object(key: $0)?.bytes != payload }.map { "wrong bytes under \($0)" }
    let files = try await Program.run("ls", ["-A", directory.path]).output.split(separator: "\n").map(String.init)
    let allowed = failed ? ["in"] : ["in", "out"]
    traces += files.filter { !allowed.contains($0) }.map { "the file \($0)" }
    // An upload whose name was lost with the answer to its creation is nobody's to abort: a sweep finds it.
    if column != .create { traces += stub.uploads().map { "the upload \($0.uploadID)" } }
    return traces
  }
}
