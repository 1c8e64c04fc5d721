import BundleModel
import HTTPTransport
import ProcessControl
import TestSupport
import Testing

@testable import S3
@testable import S3Stub

/// The stub must refuse what AWS refuses, or the tests that lean on it prove nothing.
@Suite struct StubStrictnessTests {
  /// Amazon's own examples: the stub's check knows nothing of our signer.
  ///
  /// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
  /// `sigv4-query-string-auth.html`.
  @Test(arguments: ["", "?prefix=J", "signature"]) func agreesWithAmazon(_ alteration: String) throws {
    let scope = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    let signature = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    let presigned = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    let query = alteration == "?prefix=J" ? "?prefix=J" : "?max-keys=2&prefix=J"
    let end = alteration == "signature" ? "8" : "7"
    let list = [
      "GET /\(query) HTTP/1.1", "Host: examplebucket.s3.amazonaws.com", "x-amz-date: 20130524T000000Z",
      "x-amz-content-sha256: \(empty)",
      "Authorization: AWS4-HMAC-SHA256 Credential=\(scope),SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
        + "Signature=\(signature.dropLast())\(end)",
    ]
    let name = alteration.isEmpty ? "test.txt" : "test2.txt"
    let get = [
      "GET /\(name)?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=\(scope.replacing("/", with: "%2F"))"
        + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=\(presigned)"
        + " HTTP/1.1", "Host: examplebucket.s3.amazonaws.com",
    ]
    let check = SignatureCheck(
      accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      region: "us-east-1", now: try #require(Timestamp(iso8601: "2013-05-24T00:00:10Z")))
    for lines in [list, get] {
      let request = try #require(StubRequest(head: Array(lines.joined(separator: "\r\n").utf8)))
      let code = refusal(of: request, check)
      #expect(code == (alteration.isEmpty ? nil : "SignatureDoesNotMatch"))
    }
  }

  private func refusal(of request: StubRequest, _ check: SignatureCheck) -> String? {
    do throws(StubRefusal) {
      try check.admit(request)
      return nil
    } catch {
      return error.code
    }
  }

  /// Every byte of a signed upload, once with its lowest bit flipped and once in the other case: each is refused and
  /// nothing is stored, but for the case of header names.
  @Test func everyByteOfAnUploadCounts() async throws {
    let stub = try S3Stub()
    defer { stub.stop() }
    let request = StubClient(stub).bytes(
      .put, key: "a key/ü+", body: Array("the body".utf8), headers: [HTTPHeader("Content-Type", "text/plain")])
    #expect(try await RawHTTP.exchange(port: stub.port, request).status == 200)
    stub.remove(key: "a key/ü+")
    let accepted = try await acceptedAlterations(of: request, stub)
    let names = accepted.map { String(decoding: [request[$0]], as: UTF8.self) }
    #expect(accepted.allSatisfy { isInHeaderName($0, of: request) }, "accepted with other bytes: \(names)")
    #expect(accepted.count > 50, "no header's name may be written in capitals")
  }

  @Test func everyByteOfASignedURLCounts() async throws {
    let stub = try S3Stub()
    defer { stub.stop() }
    stub.store(key: "key", bytes: [1, 2, 3])
    let url = try StubClient(stub).make().presignGet(
      bucket: "bucket", key: "key", expires: .seconds(60), contentType: "text/plain"
    ).reveal()
    let target = url.dropFirst("http://127.0.0.1:\(stub.port)".count)
    let request = Array("GET \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(stub.port)\r\n\r\n".utf8)
    #expect(try await RawHTTP.exchange(port: stub.port, request).status == 200)
    let accepted = try await acceptedAlterations(of: request, stub)
    #expect(accepted.allSatisfy { isInHeaderName($0, of: request) } && !accepted.isEmpty)
  }

  /// The places where another byte made no difference.
  private func acceptedAlterations(of request: [UInt8], _ stub: S3Stub) async throws -> [Int] {
    var accepted: [Int] = []
    for place in request.indices {
      for bit in [UInt8(1), 32] {
        var altered = request
        altered[place] ^= bit
        let answer = try await RawHTTP.exchange(port: stub.port, altered)
        if (200...299).contains(answer.status ?? 400) { accepted.append(place) }
      }
    }
    return accepted
  }

  private func isInHeaderName(_ place: Int, of request: [UInt8]) -> Bool {
    let line = request[..<place].lastIndex(of: 10).map { request[($0 + 1)...] } ?? []
    return line.firstIndex(of: 58).map { place < $0 } ?? false
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var status: Int
    var code: String
    var headers: [HTTPHeader] = []
    var extra: [String] = []
    var payloadHash: String?
    var age = Duration.zero
    var region = "us-east-1"
    var token: String?
    var body = Array("body".utf8)
    var without: String?
  }

  @Test(arguments: [
    Refusal(
      testDescription: "another hash", status: 400, code: "XAmzContentSHA256Mismatch",
      payloadHash: ByteText.hex(StubDigest.sha256([1]))),
    Refusal(testDescription: "no hash at all", status: 400, code: "InvalidArgument", payloadHash: "of the body"),
    Refusal(
      testDescription: "chunks", status: 501, code: "NotImplemented",
      payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
    Refusal(testDescription: "too old", status: 403, code: "RequestTimeTooSkewed", age: .seconds(910)),
    Refusal(testDescription: "too new", status: 403, code: "RequestTimeTooSkewed", age: .seconds(-910)),
    Refusal(
      testDescription: "another region", status: 400, code: "AuthorizationHeaderMalformed", region: "eu-west-1"),
    Refusal(testDescription: "a token nobody asked for", status: 400, code: "InvalidToken", token: "t"),
    Refusal(
      testDescription: "a header beside the signature", status: 403, code: "AccessDenied",
      extra: ["x-amz-meta-more: 1"]),
    Refusal(
      testDescription: "another MD5", status: 400, code: "BadDigest",
      headers: [HTTPHeader("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")]),
    Refusal(
      testDescription: "no MD5", status: 400, code: "InvalidDigest", headers: [HTTPHeader("Content-MD5", "eA==")]),
    Refusal(
      testDescription: "another checksum", status: 400, code: "BadDigest",
      headers: [HTTPHeader("x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]),
    Refusal(
      testDescription: "no checksum", status: 400, code: "InvalidRequest",
      headers: [HTTPHeader("x-amz-checksum-sha256", "eA==")]),
    Refusal(
      testDescription: "another tag", status: 404, code: "NoSuchKey", headers: [HTTPHeader("If-Match", "\"x\"")]),
    Refusal(testDescription: "no length", status: 411, code: "MissingContentLength", without: "Content-Length"),
    Refusal(testDescription: "no date", status: 403, code: "AccessDenied", without: "x-amz-date"),
    Refusal(testDescription: "no signature", status: 403, code: "AccessDenied", without: "Authorization"),
    Refusal(testDescription: "no host", status: 400, code: "BadRequest", without: "Host"),
    Refusal(testDescription: "two hosts", status: 400, code: "BadRequest", extra: ["Host: elsewhere"]),
    Refusal(testDescription: "two lengths", status: 400, code: "BadRequest", extra: ["Content-Length: 4"]),
    Refusal(testDescription: "a folded header", status: 400, code: "BadRequest", extra: [" folded: 1"]),
  ])
  func refuses(_ refusal: Refusal) async throws {
    let stub = try S3Stub()
    defer { stub.stop() }
    var client = StubClient(stub)
    (client.region, client.token) = (refusal.region, refusal.token)
    let request = client.bytes(
      .put, key: "key", body: refusal.body, headers: refusal.headers, payloadHash: refusal.payloadHash,
      at: ThisProcess.now().advanced(by: .zero - refusal.age))
    let text = String(decoding: request, as: UTF8.self)
    let end = try #require(text.range(of: "\r\n\r\n"))
    var lines = text[..<end.lowerBound].split(separator: "\r\n").map(String.init)
    if let without = refusal.without { lines.removeAll { $0.hasPrefix(without + ":") } }
    lines += refusal.extra
    let altered = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + refusal.body
    let answer = try await RawHTTP.exchange(port: stub.port, altered)
    #expect(answer.status == refusal.status)
    #expect(answer.code == refusal.code)
    #expect(stub.keys().isEmpty)
  }

  @Test func demandsTheToken() async throws {
    var settings = S3Stub.Settings()
    settings.sessionToken = "token/+="
    let stub = try S3Stub(settings)
    defer { stub.stop() }
    var client = StubClient(stub)
    for (token, code) in [(nil, "InvalidAccessKeyId"), ("other", "InvalidToken"), ("token/+=", nil)] {
      client.token = token
      let answer = try await RawHTTP.exchange(port: stub.port, client.bytes(.put, key: "key", body: [1]))
      #expect(answer.code == code)
    }
    #expect(stub.object(key: "key")?.bytes == [1])
    stub.change { $0.isTokenExpired = true }
    #expect(try await RawHTTP.exchange(port: stub.port, client.bytes(.get, key: "key")).code == "ExpiredToken")
  }

  /// Signed long ago or for later, by the stub's clock.
  @Test(arguments: [(-1000, "AccessDenied"), (500, nil), (602, "AccessDenied")])
  func signedURLsHaveTheirTime(_ offset: Int, _ code: String?) async throws {
    var settings = S3Stub.Settings()
    settings.clockOffset = .seconds(offset)
    let stub = try S3Stub(settings)
    defer { stub.stop() }
    stub.store(key: "key", bytes: [1])
    let moment = Timestamp(microseconds: ThisProcess.now().microseconds / 1_000_000 * 1_000_000)
    let client = StubClient(stub).make(now: { moment })
    let url = try client.presignGet(bucket: "bucket", key: "key", expires: .seconds(600)).reveal()
    let target = url.dropFirst("http://127.0.0.1:\(stub.port)".count)
    let request = "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(stub.port)\r\n\r\n"
    #expect(try await RawHTTP.exchange(port: stub.port, Array(request.utf8)).code == code)
  }

  /// An HTTP program of others follows links of ours, in both styles.
  @Test(arguments: [true, false]) func curlFollowsSignedLinks(_ pathStyle: Bool) async throws {
    guard try Need.program("curl", for: "reading signed links of the stub") else { return }
    let stub = try S3Stub()
    defer { stub.stop() }
    stub.store(key: "a b/ü", bytes: Array("through the link".utf8))
    var client = StubClient(stub)
    client.pathStyle = pathStyle
    let url = try client.make().presignGet(bucket: "bucket", key: "a b/ü", expires: .seconds(60)).reveal()
    let read = try await Program.run("curl", ["-sS", "-K", "-"], input: "url = \"\(url)\"\n")
    #expect(read.output == "through the link")
    let tampered = try await Program.run("curl", ["-sS", "-K", "-"], input: "url = \"\(url)0\"\n")
    #expect(tampered.output.contains("<Code>SignatureDoesNotMatch</Code>"))
  }
}
