import BundleModel
import Hashing
import S3Stub
import TestSupport
import Testing

@testable import S3

/// Every kind of name that has broken some client: all verbs must reach the same object under it.
@Suite struct AwkwardKeyTests {
  static let keys = [
    "with space", "a+b", "a=b", "a&b", "100%", "literal%2Fslash", "literal%25percent", "q?x", "h#x", "s;x", "c:d",
    "e@f", "$,x", "!'()*", "~tilde_-.", "back\\slash", "\"quote<`{}|^>", "caf\u{E9}", "cafe\u{301}",
    "\u{1F600}.tgz", "a//b", "./x", "a/../b", "/leading", "trailing/", "...", "dir", "dir/file",
    String(repeating: "k", count: 1024),
  ]

  /// rclone keeps objects as files, so that it cannot have a name that no file has.
  static let fileNames = keys.filter { key in
    !key.contains("//") && !key.contains("./") && key.first != "/" && key.last != "/" && key != "dir"
      && key.utf8.count < 256
  }

  @Test func onSwift() async throws {
    let store = try await TestObjectStore.create(on: try await SharedServers.swift())
    try await roundTrip(Self.keys, client: try store.client(), bucket: store.bucket)
  }

  @Test func onRclone() async throws {
    let store = try await TestObjectStore.create()
    try await roundTrip(Self.fileNames, client: try store.client(), bucket: store.bucket)
  }

  @Test func onTheStub() async throws {
    let settings = S3Stub.Settings()
    let stub = try S3Stub(settings)
    defer { stub.stop() }
    let credentials = S3Credentials(
      accessKeyID: settings.accessKey, secretAccessKey: Secret(settings.secretKey))
    let endpoint = try #require(S3Endpoint(stub.endpoint, pathStyle: true))
    let client = S3Client(S3Configuration(endpoint: endpoint, region: settings.region, credentials: credentials))
    try await roundTrip(Self.keys, client: client, bucket: "bucket")
  }

  /// All keys at once in one bucket, so that two that a server mixes up are seen.
  private func roundTrip(_ keys: [String], client: S3Client, bucket: String) async throws {
    for key in keys {
      try await client.putObject(bucket: bucket, key: key, bytes: Array("bytes of \(key)".utf8))
    }
    // Compared by bytes: a composed and a decomposed accent are equal as text.
    let bytewise = { (keys: [String]) in
      keys.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    }
    let listed = try await client.listObjects(bucket: bucket, pageSize: 4).map(\.key)
    #expect(bytewise(listed) == bytewise(keys))
    for key in keys {
      let bytes = Array("bytes of \(key)".utf8)
      #expect(try await client.headObject(bucket: bucket, key: key).size == Int64(bytes.count), "\(key)")
      #expect(try await client.getObject(bucket: bucket, key: key, limit: 4096).bytes == bytes, "\(key)")
      let url = try client.presignGet(bucket: bucket, key: key, expires: .seconds(60)).reveal()
      let answer = try await Program.run(
        "curl", ["-s", "-m", "20", "-K", "-"], input: "path-as-is\nurl = \"\(url)\"\n")
      #expect(Array(answer.output.utf8) == bytes, "\(key)")
    }
    for key in keys { try await client.deleteObject(bucket: bucket, key: key) }
    #expect(try await client.listObjects(bucket: bucket).isEmpty)
  }
}
