import BundleModel
import TestSupport
import Testing

@testable import S3

/// A bucket in another region is asked for again with a signature for that region, at the host that the user named.
@Suite struct RegionTests {
  /// A server in eu-west-1 that refuses signatures for other regions in one of the ways there are.
  private static func european(_ refusal: ScriptedServer.Reply) -> ScriptedServer.Reply {
    .by { signedRegion($0) == "eu-west-1" ? .answer(200, body: "bytes") : refusal }
  }

  private static let malformed =
    "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>"
  private static let moved = "<Error><Code>PermanentRedirect</Code><Region>eu-west-1</Region></Error>"

  @Test(arguments: [
    ScriptedServer.Reply.answer(301, headers: ["x-amz-bucket-region: eu-west-1"]),
    .answer(307, headers: ["x-amz-bucket-region: eu-west-1", "Location: http://127.0.0.1:1/"]),
    .answer(400, body: malformed), .answer(301, body: moved),
    .answer(400, headers: ["x-amz-bucket-region: eu-west-1"]),
  ])
  func signsAnewOnce(_ refusal: ScriptedServer.Reply) async throws {
    let server = try ScriptedServer(Self.european(refusal))
    defer { server.stop() }
    let client = try scriptedClient(of: server, retry: .never)
    let (bytes, _) = try await client.getObject(bucket: "bucket", key: "key", limit: 10)
    #expect(bytes == Array("bytes".utf8))
    #expect(server.requests.map(signedRegion) == ["us-east-1", "eu-west-1"])
    _ = try await client.getObject(bucket: "bucket", key: "key", limit: 10)
    #expect(server.requests.count == 3, "the bucket's region was not remembered")
    _ = try await client.getObject(bucket: "other", key: "key", limit: 10)
    #expect(server.requests.count == 5, "another bucket's region was assumed")
  }

  @Test func aHeadIsRedirectedByItsHeader() async throws {
    let server = try ScriptedServer(Self.european(.answer(400, headers: ["x-amz-bucket-region: eu-west-1"])))
    defer { server.stop() }
    try await scriptedClient(of: server, retry: .never).headBucket("bucket")
    #expect(server.requests.count == 2)
  }

  /// An upload is sent again from its start.
  @Test func uploadsAreRedirectedToo() async throws {
    let server = try ScriptedServer(Self.european(.answer(307, body: Self.moved)))
    defer { server.stop() }
    let client = try scriptedClient(of: server, retry: .never)
    try await client.putObject(bucket: "bucket", key: "key", bytes: Array("body".utf8))
    #expect(server.requests.map(\.body) == [Array("body".utf8), Array("body".utf8)])
  }

  @Test func toAndFroEnds() async throws {
    let server = try ScriptedServer(
      .by { request in
        let other = signedRegion(request) == "us-east-1" ? "eu-west-1" : "us-east-1"
        return .answer(301, headers: ["x-amz-bucket-region: \(other)"])
      })
    defer { server.stop() }
    let client = try scriptedClient(of: server)
    let error = await failure { () throws(S3Error) in try await client.headBucket("bucket") }
    #expect(error?.kind == .invalidRequest)
    #expect(server.requests.count == 2)
  }

  @Test(arguments: [
    ScriptedServer.Reply.answer(301, headers: ["Location: http://127.0.0.1:1/bucket"]),
    .answer(301, headers: ["x-amz-bucket-region: us-east-1"]),
    .answer(301, headers: ["x-amz-bucket-region: evil.example/path"]),
    .answer(400, body: "<Error><Code>IllegalLocationConstraintException</Code><Region>eu-west-1</Region></Error>"),
    .answer(403, body: "<Error><Code>AccessDenied</Code><Region>eu-west-1</Region></Error>"),
  ])
  func whatIsNoRedirect(_ reply: ScriptedServer.Reply) async throws {
    let server = try ScriptedServer(reply)
    defer { server.stop() }
    let client = try scriptedClient(of: server)
    let error = await failure { () throws(S3Error) in
      _ = try await client.getObject(bucket: "bucket", key: "key", limit: 10)
    }
    #expect(error != nil)
    #expect(server.requests.count == 1)
  }

  @Test(arguments: [
    ("https://s3.us-east-1.amazonaws.com", "https://s3.eu-west-1.amazonaws.com"),
    ("https://s3.amazonaws.com", "https://s3.eu-west-1.amazonaws.com"),
    ("https://s3.dualstack.us-east-1.amazonaws.com", "https://s3.dualstack.eu-west-1.amazonaws.com"),
    ("https://s3.cn-north-1.amazonaws.com.cn", "https://s3.eu-west-1.amazonaws.com.cn"),
    ("https://minio.example:9000", "https://minio.example:9000"),
    ("http://s3.amazonaws.com.evil.example", "http://s3.amazonaws.com.evil.example"),
    (
      "https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com",
      "https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com"
    ),
    ("http://[::1]:9000", "http://[::1]:9000"),
  ])
  func movesAmazonsHostsOnly(_ from: String, _ to: String) throws {
    let endpoint = try #require(S3Endpoint(from, pathStyle: false))
    #expect(endpoint.moved(to: "eu-west-1").description == to)
    #expect(endpoint.moved(to: "eu-west-1").pathStyle == false)
  }

  @Test func remembersNoMoreThanFit() throws {
    let endpoint = try #require(S3Endpoint("http://127.0.0.1", pathStyle: true))
    let credentials = S3Credentials(accessKeyID: "AKID", secretAccessKey: Secret("secret"))
    let regions = BucketRegions(
      home: BucketRoute(endpoint: endpoint, signer: SignatureV4(credentials: credentials, region: "home")))
    let names = (0..<500).map { "bucket\($0)" }
    for name in names { regions.remember(name, in: "away") }
    #expect(names.count { regions.route($0).signer.region == "away" } == BucketRegions.capacity)
    #expect(regions.route("bucket499").signer.region == "away")
    regions.remember("bucket499", in: "home")
    #expect(regions.route("bucket499").signer.region == "home")
  }
}
