import BundleModel
import HTTPTransport
import Hashing
import ProcessControl
import TestSupport
import Testing

@testable import S3

/// What goes wrong with uploads, on a server that does as it is told.
@Suite struct MultipartFaultTests {
  private static let begun =
    "<InitiateMultipartUploadResult><UploadId>u&amp;1</UploadId></InitiateMultipartUploadResult>"
  private static let done =
    "<CompleteMultipartUploadResult><ETag>&quot;e-2&quot;</ETag></CompleteMultipartUploadResult>"
  private static let gone = "<Error><Code>NoSuchUpload</Code></Error>"
  private static let bytes = [UInt8](repeating: 7, count: 3000)
  private let checksum = Checksum(digest: SHA256.digest(of: bytes))!

  private func client(_ server: ScriptedServer) throws -> S3Client {
    let endpoint = try #require(S3Endpoint("http://127.0.0.1:\(server.port)", pathStyle: true))
    let credentials = S3Credentials(accessKeyID: "AKID", secretAccessKey: Secret("secret"))
    return S3Client(
      S3Configuration(
        endpoint: endpoint, region: "us-east-1", credentials: credentials,
        limits: CallLimits(retry: RetryPolicy(base: .milliseconds(1)))))
  }

  /// Uploads 3,000 bytes in two parts, one after the other.
  private func upload(_ server: ScriptedServer, condition: PutCondition = .none) async throws -> S3Error? {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Self.bytes, to: "in")
    let client = try client(server)
    return await failure { () throws(S3Error) in
      _ = try await client.uploadObject(
        bucket: "b", key: "k", file: path, size: 3000, checksum: checksum, contentType: "text/plain",
        condition: condition, multipart: MultipartSettings(threshold: 1000, partSize: 2000, parallel: 1))
    }
  }

  private func part(_ number: Int) -> ScriptedServer.Reply { .answer(200, headers: ["ETag: \"p\(number)\""]) }

  private func stored(_ checksum: Checksum, size: Int = 3000) -> ScriptedServer.Reply {
    .answer(
      200, headers: ["x-amz-meta-sha256: \(checksum.hex)"], body: String(repeating: "x", count: size))
  }

  private func lines(_ server: ScriptedServer) -> [String] {
    server.requests.map { String($0.line.dropLast(" HTTP/1.1".utf8.count)) }
  }

  @Test func happensInOrder() async throws {
    let server = try ScriptedServer(.answer(200, body: Self.begun), part(1), part(2), .answer(200, body: Self.done))
    defer { server.stop() }
    #expect(try await upload(server) == nil)
    #expect(
      lines(server) == [
        "POST /b/k?uploads=", "PUT /b/k?partNumber=1&uploadId=u%261", "PUT /b/k?partNumber=2&uploadId=u%261",
        "POST /b/k?uploadId=u%261",
      ])
    let create = server.requests[0]
    #expect(
      create.header("x-amz-meta-sha256") == checksum.hex && create.header("x-amz-checksum-algorithm") == "SHA256")
    let sums = [Self.bytes[..<2000], Self.bytes[2000...]].map { SHA256.digest(of: Array($0)) }
    #expect(server.requests[1...2].map { $0.header("x-amz-content-sha256") } == sums.map { ByteEncoding.hex($0) })
    #expect(
      server.requests[1...2].map { $0.header("x-amz-checksum-sha256") } == sums.map { ByteEncoding.base64($0) })
    #expect(
      String(decoding: server.requests[3].body, as: UTF8.self).contains(
        "<Part><PartNumber>2</PartNumber><ETag>&quot;p2&quot;</ETag></Part>"))
  }

  /// A server that keeps checksums gets them again at the end, and what it put together is compared.
  @Test(arguments: [true, false]) func composite(isRight: Bool) async throws {
    let sums = [Self.bytes[..<2000], Self.bytes[2000...]].map { SHA256.digest(of: Array($0)) }
    let right = ByteEncoding.base64(SHA256.digest(of: sums[0] + sums[1])) + "-2"
    let wrong = ByteEncoding.base64(sums[0]) + "-2"
    let body = Self.done.replacing(
      "</Complete", with: "<ChecksumSHA256>\(isRight ? right : wrong)</ChecksumSHA256></Complete")
    let server = try ScriptedServer(
      .answer(200, headers: ["x-amz-checksum-algorithm: SHA256"], body: Self.begun), part(1), part(2),
      .answer(200, body: body), .answer(204))
    defer { server.stop() }
    #expect(try await upload(server)?.kind == (isRight ? nil : .integrity))
    #expect(
      String(decoding: server.requests[3].body, as: UTF8.self).contains(
        "<ChecksumSHA256>\(ByteEncoding.base64(sums[1]))</ChecksumSHA256>"))
  }

  @Test func serversThatKnowNoChecksums() async throws {
    let server = try ScriptedServer(
      .answer(400, body: "<Error><Code>InvalidRequest</Code></Error>"), .answer(200, body: Self.begun), part(1),
      part(2), .answer(200, body: Self.done))
    defer { server.stop() }
    #expect(try await upload(server) == nil)
    #expect(server.requests[1].header("x-amz-checksum-algorithm") == nil)
    #expect(server.requests[2].header("x-amz-checksum-sha256") == nil)
  }

  @Test func completionThatFailsWithStatus200() async throws {
    let server = try ScriptedServer(
      .answer(200, body: Self.begun), part(1), part(2),
      .answer(200, body: "  <?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code></Error>"),
      .answer(200, body: Self.done))
    defer { server.stop() }
    #expect(try await upload(server) == nil)
    #expect(server.requests.count == 5)
  }

  /// The answer to the Complete that won is lost; the next try is told that there is no such upload.
  @Test func completionThatWon() async throws {
    let server = try ScriptedServer(
      .answer(200, body: Self.begun), part(1), part(2), .hangUp, .answer(404, body: Self.gone), stored(checksum))
    defer { server.stop() }
    #expect(try await upload(server) == nil)
    #expect(lines(server).last == "HEAD /b/k")
  }

  /// The object is another one: somebody aborted our upload.
  @Test(arguments: [true, false]) func completionThatLost(otherSize: Bool) async throws {
    let other = try #require(Checksum(hex: SignatureV4.emptyHash))
    let server = try ScriptedServer(
      .answer(200, body: Self.begun), part(1), part(2), .hangUp, .answer(404, body: Self.gone),
      otherSize ? stored(checksum, size: 2999) : stored(other), .answer(204), .answer(403))
    defer { server.stop() }
    #expect(try await upload(server)?.status == 403)
    #expect(
      lines(server).suffix(2) == ["DELETE /b/k?uploadId=u%261", "POST /b/k?uploads="], "it begins anew, once")
  }

  /// The first beginning's answer is lost: what it left behind is found and thrown away, what others do is not.
  @Test func beginningThatWasLost() async throws {
    let now = ThisProcess.now()
    let row = { (key: String, id: String, time: Timestamp) in
      "<Upload><Key>\(key)</Key><UploadId>\(id)</UploadId><Initiated>\(time.iso8601)</Initiated></Upload>"
    }
    let listing =
      "<ListMultipartUploadsResult>" + row("k", "u&amp;1", now) + row("k", "lost", now) + row("k2", "other", now)
      + row("k", "old", now.advanced(by: .seconds(-60))) + row("k", "busy", now) + "</ListMultipartUploadsResult>"
    let part1 = "<Part><PartNumber>1</PartNumber><Size>1</Size></Part>"
    let server = try ScriptedServer(
      .hangUp, .answer(200, body: Self.begun), .answer(200, body: listing),
      .answer(200, body: "<ListPartsResult/>"),
      .answer(204), .answer(200, body: "<ListPartsResult>\(part1)</ListPartsResult>"), part(1), part(2),
      .answer(200, body: Self.done))
    defer { server.stop() }
    #expect(try await upload(server) == nil)
    #expect(lines(server).filter { $0.hasPrefix("DELETE") } == ["DELETE /b/k?uploadId=lost"])
    #expect(server.requests.count == 9)
  }

  @Test func completionOfNonsense() async throws {
    let server = try ScriptedServer(
      .answer(200, body: Self.begun), part(1), part(2), .answer(200, body: "garbage"), .answer(404), .answer(204))
    defer { server.stop() }
    #expect(try await upload(server)?.code == "MalformedAnswer")
    #expect(lines(server).suffix(2) == ["HEAD /b/k", "DELETE /b/k?uploadId=u%261"])
  }

  @Test(arguments: [403, 400]) func refusedPartAborts(_ status: Int) async throws {
    let server = try ScriptedServer(.answer(200, body: Self.begun), part(1), .answer(status), .answer(204))
    defer { server.stop() }
    #expect(try await upload(server)?.status == status)
    #expect(lines(server).last == "DELETE /b/k?uploadId=u%261")
  }

  @Test func partWithoutETagAborts() async throws {
    let server = try ScriptedServer(.answer(200, body: Self.begun), .answer(200), .answer(204))
    defer { server.stop() }
    #expect(try await upload(server)?.code == "MalformedAnswer")
    #expect(lines(server).last == "DELETE /b/k?uploadId=u%261")
  }

  @Test(arguments: ["", "<html>", "<InitiateMultipartUploadResult/>"]) func beginningWithoutName(_ body: String)
    async throws
  {
    let server = try ScriptedServer(.answer(200, body: body))
    defer { server.stop() }
    #expect(try await upload(server)?.code == "MalformedAnswer")
  }

  /// A conditional write is told from everybody else's by what only this call noted.
  @Test(arguments: [true, false]) func conditionalUploadThatWon(isOurs: Bool) async throws {
    let sum = checksum.hex
    let server = try ScriptedServer(
      .answer(200, body: Self.begun), part(1), part(2), .hangUp, .answer(412),
      .computed { requests in
        let mark = isOurs ? requests[0].header(WriteMark.field) ?? "" : "other"
        return .answer(
          200, headers: ["x-amz-meta-sha256: \(sum)", "\(WriteMark.field): \(mark)"],
          body: String(repeating: "x", count: 3000))
      }, .answer(204))
    defer { server.stop() }
    #expect(try await upload(server, condition: .ifAbsent)?.kind == (isOurs ? nil : .preconditionFailed))
    #expect(server.requests[3].header("if-none-match") == "*" && server.requests[0].header("if-none-match") == nil)
  }

  @Test(arguments: [true, false]) func conditionalPutThatWon(isOurs: Bool) async throws {
    let server = try ScriptedServer(
      .hangUp, .answer(412),
      .computed { requests in
        let mark = isOurs ? requests[1].header(WriteMark.field) ?? "" : "other"
        return .answer(200, headers: ["\(WriteMark.field): \(mark)"], body: "x")
      })
    defer { server.stop() }
    let client = try client(server)
    let error = await failure { () throws(S3Error) in
      try await client.putObject(bucket: "b", key: "k", bytes: [1], condition: .ifAbsent)
    }
    #expect(error?.kind == (isOurs ? nil : .preconditionFailed))
    #expect(server.requests[1].header("if-none-match") == "*")
  }

  @Test func etagsAreQuoted() {
    #expect(PutCondition.ifMatch("abc").headers == PutCondition.ifMatch("\"abc\"").headers)
    #expect(PutCondition.ifMatch("abc").headers.first?.value == "\"abc\"")
  }
}
