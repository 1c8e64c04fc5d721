import BundleModel
import HTTPTransport
import Hashing
import Testing

@testable import S3

/// The examples that AWS publishes with the signing key `AKIAIOSFODNN7EXAMPLE`.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
/// `sigv4-query-string-auth.html`.
@Suite struct AmazonExampleTests {
  static let credentials = S3Credentials(
    accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
  static let moment = Timestamp(iso8601: "2013-05-24T00:00:00Z")!
  let signer = SignatureV4(credentials: credentials, region: "us-east-1")
  let host = "examplebucket.s3.amazonaws.com"

  private func authorization(_ request: SignableRequest, payloadHash: String = SignatureV4.emptyHash) -> String {
    signer.headers(signing: request, payloadHash: payloadHash, at: Self.moment)
      .first { $0.name == "Authorization" }?.value ?? ""
  }

  private func expected(_ headers: String, _ signature: String) -> String {
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
      + "SignedHeaders=\(headers),Signature=\(signature)"
  }

  @Test func getWithRange() {
    let request = SignableRequest(
      method: "GET", authority: host, path: Array("/test.txt".utf8), headers: [HTTPHeader("Range", "bytes=0-9")])
    #expect(
      authorization(request)
        == expected(
          "host;range;x-amz-content-sha256;x-amz-date",
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"))
  }

  @Test func put() {
    let endpoint = S3Endpoint(awsRegion: "us-east-1")!
    let request = SignableRequest(
      method: "PUT", authority: host, path: endpoint.path(bucket: "examplebucket", key: "test$file.text"),
      headers: [
        HTTPHeader("Date", "Fri, 24 May 2013 00:00:00 GMT"),
        HTTPHeader("x-amz-storage-class", "REDUCED_REDUNDANCY"),
      ])
    let hash = ByteEncoding.hex(SHA256.digest(of: "Welcome to Amazon S3."))
    #expect(
      authorization(request, payloadHash: hash)
        == expected(
          "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
          "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))
  }

  @Test func getBucketLifecycle() {
    let request = SignableRequest(method: "GET", authority: host, path: [47], query: [("lifecycle", "")])
    #expect(
      authorization(request)
        == expected(
          "host;x-amz-content-sha256;x-amz-date",
          "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"))
  }

  @Test func listObjects() {
    let request = SignableRequest(
      method: "GET", authority: host, path: [47], query: [("prefix", "J"), ("max-keys", "2")])
    #expect(
      authorization(request)
        == expected(
          "host;x-amz-content-sha256;x-amz-date",
          "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))
  }

  @Test func presignedGet() throws {
    let endpoint = try #require(S3Endpoint("https://s3.amazonaws.com", pathStyle: false))
    let client = S3Client(
      S3Configuration(endpoint: endpoint, region: "us-east-1", credentials: Self.credentials),
      now: { Self.moment })
    let url = try client.presignGet(bucket: "examplebucket", key: "test.txt", expires: .seconds(86_400)).reveal()
    #expect(
      url == "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
  }
}

/// The same as botocore, for every awkward key.
@Suite struct BotocoreTests {
  @Test(arguments: BotocoreVector.all) func agrees(_ vector: BotocoreVector) throws {
    let endpoint = try #require(S3Endpoint("http://127.0.0.1:9000", pathStyle: true))
    let credentials = S3Credentials(
      accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
      sessionToken: vector.token.map { Secret($0) })
    let signer = SignatureV4(credentials: credentials, region: "eu-central-1")
    let moment = try #require(Timestamp(iso8601: "2026-01-02T03:04:05Z"))
    var request = SignableRequest(
      method: "PUT", authority: endpoint.authority(bucket: "bucket"),
      path: endpoint.path(bucket: "bucket", key: vector.key),
      headers: [
        HTTPHeader("Content-Type", "application/gzip"), HTTPHeader("x-amz-meta-sha256", "  a   b "),
        HTTPHeader("Expect", "never signed"),
      ])
    let hash = ByteEncoding.hex(SHA256.digest(of: "body"))
    let headers = signer.headers(signing: request, payloadHash: hash, at: moment)
    let authorization = headers.first { $0.name == "Authorization" }?.value ?? ""
    #expect(authorization.hasSuffix("Signature=\(vector.header)"))

    request.method = "GET"
    request.headers = []
    request.query = [
      ("response-content-disposition", "attachment; filename=\"a b.tgz\""),
      ("response-content-type", "application/gzip"),
    ]
    let query = String(decoding: signer.query(presigning: request, expires: 300, at: moment), as: UTF8.self)
    #expect(query.hasSuffix("X-Amz-Signature=\(vector.presigned)"))
  }

  @Test func changesEveryDay() throws {
    let signer = SignatureV4(credentials: AmazonExampleTests.credentials, region: "us-east-1")
    let request = SignableRequest(method: "GET", authority: "h", path: [47])
    let day = AmazonExampleTests.moment
    let next = day.advanced(by: .seconds(86_400))
    let first = signer.query(presigning: request, expires: 1, at: day)
    let second = signer.query(presigning: request, expires: 1, at: next)
    let fresh = SignatureV4(credentials: AmazonExampleTests.credentials, region: "us-east-1")
    #expect(second == fresh.query(presigning: request, expires: 1, at: next), "the cached key is another day's")
    #expect(first == signer.query(presigning: request, expires: 1, at: day))
  }

  /// Parameters that sort before, between and behind the signature's own.
  @Test func presignedQueriesAreSorted() throws {
    let signer = SignatureV4(
      credentials: S3Credentials(
        accessKeyID: "AK:ID", secretAccessKey: Secret("secret"), sessionToken: Secret("t/+=")), region: "us-east-1")
    let more = [("versionId", "1"), ("A", "b c"), ("X-Amz-Extra", ""), ("é", "&"), ("response-expires", "x")]
    let request = SignableRequest(
      method: "GET", authority: "h", path: [47], query: more.map { (name: $0, value: $1) })
    let query = String(
      decoding: signer.query(presigning: request, expires: 1, at: AmazonExampleTests.moment), as: UTF8.self)
    let names = query.split(separator: "&").dropLast().map { String($0.prefix { $0 != "=" }) }
    #expect(names == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } && names.count == 11)
    #expect(
      query.contains("&X-Amz-Security-Token=t%2F%2B%3D&") && query.contains("Credential=AK%3AID%2F20130524%2F"))
  }

  @Test func joinsRepeatedFieldsAndSortsPairs() {
    let sorted = SignatureV4.sorted([("b", "2"), ("a", "z"), ("a", "/ +"), ("ab", ""), ("A", "")])
    #expect(String(decoding: sorted, as: UTF8.self) == "A=&a=%2F%20%2B&a=z&ab=&b=2")
  }
}
