import BundleModel
import Hashing
import TestSupport
import Testing

@testable import S3

/// What we write, the tools of others read, and the reverse: in one piece and in parts, byte by byte.
@Suite struct InteropTests {
  enum Server: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case swift, rclone
    var testDescription: String { rawValue }

    func store() async throws -> TestObjectStore {
      switch self {
      case .swift: try await TestObjectStore.create(on: try await SharedServers.swift())
      case .rclone: try await TestObjectStore.create()
      }
    }
  }

  @Test(arguments: Server.allCases, OtherTool.allCases)
  func readEachOther(_ server: Server, _ tool: OtherTool) async throws {
    let store = try await server.store()
    let client = try store.client()
    let directory = try TemporaryDirectory()
    try directory.makeFolder("in")
    try directory.makeFolder("out")
    let sizes = [("small bundle.tgz", 100_000), ("large+bundle.tgz", 11 << 20)]
    var checksums: [String: Checksum] = [:]
    for (name, size) in sizes {
      var random = SystemRandomNumberGenerator()
      let words = (0..<(size / 8)).map { _ in random.next() }
      let bytes = words.withUnsafeBytes { Array($0) }
      let file = try directory.write(bytes, to: "in/\(name)")
      let checksum = try #require(Checksum(digest: SHA256.digest(of: bytes)))
      checksums[name] = checksum
      try await client.uploadObject(
        bucket: store.bucket, key: "ours/\(name)", file: file, size: Int64(bytes.count), checksum: checksum,
        contentType: "application/gzip",
        multipart: MultipartSettings(threshold: 5 << 20, partSize: 5 << 20, parallel: 2))
    }

    let other = try OtherTool.Session(tool, store: store, folder: directory)
    try await other.download("ours", to: "\(directory.path)/out")
    try await other.upload("\(directory.path)/in", to: "theirs")
    for (name, _) in sizes {
      let read = try TestFile.bytes(of: "\(directory.path)/out/\(name)")
      #expect(Checksum(digest: SHA256.digest(of: read)) == checksums[name], "\(name) as \(tool) reads it")
      let key = "theirs/\(name)"
      let back = try await client.getObject(
        bucket: store.bucket, key: key, file: "\(directory.path)/back",
        checksum: try #require(checksums[name]))
      #expect(back.size == Int64(read.count))
      #expect(try await client.hashObject(bucket: store.bucket, key: key).checksum == checksums[name])
    }
    #expect(try await client.listUploads(bucket: store.bucket).isEmpty)
  }
}
