import BundleModel
import Hashing
import TestSupport
import Testing

@testable import S3

@Suite struct DeleteTests {
  private func client(_ server: ScriptedServer) throws -> S3Client {
    let endpoint = try #require(S3Endpoint("http://127.0.0.1:\(server.port)", pathStyle: true))
    let credentials = S3Credentials(accessKeyID: "AKID", secretAccessKey: Secret("secret"))
    return S3Client(
      S3Configuration(
        endpoint: endpoint, region: "us-east-1", credentials: credentials,
        limits: CallLimits(retry: RetryPolicy(base: .milliseconds(1)))))
  }

  private let nothing = "<DeleteResult/>"

  @Test func batches() {
    #expect(DeleteBatch.split((0..<2500).map { "k\($0)" }).map(\.keys.count) == [1000, 1000, 500])
    let long = String(repeating: "k", count: 1024)
    let batches = DeleteBatch.split([String](repeating: long, count: 600))
    #expect(batches.map(\.keys.count) == [256, 256, 88], "a document would be too long for a server")
    #expect(DeleteBatch.split([]).isEmpty)
    #expect(DeleteBatch.split(["a\u{1}", "b\u{FFFE}"]).isEmpty)
  }

  @Test func escapesKeys() throws {
    let document = S3Documents.deletion(["a&b<c>\"d\"\t\r\n", "\u{1F600}"])
    #expect(
      String(decoding: document, as: UTF8.self).contains(
        "<Key>a&amp;b&lt;c&gt;&quot;d&quot;&#9;&#13;&#10;</Key></Object><Object><Key>\u{1F600}</Key>"))
    var keys: [String] = []
    try XMLWalk.read(document, root: "Delete") { path, text in
      if path == ["Object", "Key"] { keys.append(text) }
    }
    #expect(keys == ["a&b<c>\"d\"\t\r\n", "\u{1F600}"])
  }

  @Test func carriesChecksums() async throws {
    let server = try ScriptedServer(.answer(200, body: nothing))
    defer { server.stop() }
    let client = try client(server)
    #expect(try await client.deleteObjects(bucket: "b", keys: ["x"]).isEmpty)
    let request = try #require(server.requests.first)
    #expect(request.line == "POST /b?delete= HTTP/1.1")
    #expect(request.header("content-md5") == MD5.digest(of: request.body).map { ByteEncoding.base64($0) })
    #expect(request.header("x-amz-content-sha256") == ByteEncoding.hex(SHA256.digest(of: request.body)))
    #expect(
      ByteEncoding.hex(try #require(MD5.digest(of: Array("abc".utf8)))) == "900150983cd24fb0d6963f7d28e17f72",
      "RFC 1321, appendix A.5")
  }

  @Test func tellsWhatStayed() async throws {
    let body = """
      <DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b&amp;</Key><Code>AccessDenied</Code>\
      <Message>no</Message></Error><Error><Key>c</Key><Code>NoSuchKey</Code></Error></DeleteResult>
      """
    let server = try ScriptedServer(.answer(200, body: body))
    defer { server.stop() }
    let client = try client(server)
    let failures = try await client.deleteObjects(bucket: "b", keys: ["a", "b&", "c"])
    #expect(failures == [S3DeleteFailure(key: "b&", code: "AccessDenied", message: "no")])
  }

  @Test func asksAgainForWhatMayPass() async throws {
    let body = "<DeleteResult><Error><Key>k</Key><Code>SlowDown</Code></Error></DeleteResult>"
    let server = try ScriptedServer(.answer(200, body: body), .answer(200, body: nothing))
    defer { server.stop() }
    let client = try client(server)
    #expect(try await client.deleteObjects(bucket: "b", keys: ["j", "k"]).isEmpty)
    #expect(server.requests.count == 2)
    #expect(!String(decoding: server.requests[1].body, as: UTF8.self).contains("<Key>j<"))
  }

  /// XML cannot carry them, and some services delete one by one only.
  @Test func singly() async throws {
    let server = try ScriptedServer(.answer(200, body: nothing), .answer(204))
    defer { server.stop() }
    let client = try client(server)
    #expect(try await client.deleteObjects(bucket: "b", keys: ["a\u{1}", "x"]).isEmpty)
    #expect(server.requests.map(\.line) == ["POST /b?delete= HTTP/1.1", "DELETE /b/a%01 HTTP/1.1"])

    let old = try ScriptedServer(
      .answer(405, body: "<Error><Code>MethodNotAllowed</Code></Error>"), .answer(204), .answer(403))
    defer { old.stop() }
    let failures = try await self.client(old).deleteObjects(bucket: "b", keys: ["x", "y"])
    #expect(failures.map(\.key) == ["y"])
  }

  @Test func garbageIsAnError() async throws {
    let server = try ScriptedServer(.answer(200, body: "<html>"))
    defer { server.stop() }
    let client = try client(server)
    let error = await failure { () throws(S3Error) in
      _ = try await client.deleteObjects(bucket: "b", keys: ["x"])
    }
    #expect(error?.code == "MalformedAnswer")
  }

  /// A page may announce more and not say where: an endless loop for who believes it.
  @Test func listingsThatDoNotGoOn() async throws {
    let server = try ScriptedServer(
      .answer(
        200, body: "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>"),
      .answer(200, body: "<ListPartsResult><IsTruncated>true</IsTruncated></ListPartsResult>"),
      .answer(
        200,
        body: "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
          + "</ListBucketResult>"))
    defer { server.stop() }
    let client = try client(server)
    let uploads = await failure { () throws(S3Error) in _ = try await client.listUploads(bucket: "b") }
    let parts = await failure { () throws(S3Error) in
      _ = try await client.listParts(bucket: "b", key: "k", uploadID: "u")
    }
    let objects = await failure { () throws(S3Error) in _ = try await client.listObjects(bucket: "b") }
    #expect([uploads, parts, objects].map { $0?.code } == Array(repeating: "MalformedAnswer", count: 3))
    #expect(server.requests.count == 4)
  }

  @Test func copyErrorsWithStatus200() async throws {
    let server = try ScriptedServer(
      .answer(200, body: "x"), .answer(200, body: "<Error><Code>InternalError</Code></Error>"),
      .answer(200, body: "<CopyObjectResult/>"))
    defer { server.stop() }
    let client = try client(server)
    try await client.copyObject(bucket: "b", key: "a b+é", toBucket: "c", toKey: "k", condition: .ifAbsent)
    #expect(
      server.requests.map(\.line) == ["HEAD /b/a%20b%2B%C3%A9 HTTP/1.1"]
        + Array(repeating: "PUT /c/k HTTP/1.1", count: 2))
    #expect(server.requests[1].header("x-amz-copy-source") == "/b/a%20b%2B%C3%A9")
    #expect(server.requests[1].header("if-none-match") == "*")
  }

  @Test func copyAnsweredWithNonsense() async throws {
    let server = try ScriptedServer(.answer(200, body: "x"), .answer(200, body: "garbage"), .answer(200, body: "y"))
    defer { server.stop() }
    let client = try client(server)
    let error = await failure { () throws(S3Error) in
      try await client.copyObject(bucket: "b", key: "k", toBucket: "c", toKey: "k")
    }
    #expect(error?.code == "MalformedAnswer")
  }

  @Test func copyLimit() async throws {
    let server = try ScriptedServer(.reset(sending: "HTTP/1.1 200 OK\r\nContent-Length: 5368709121\r\n\r\n"))
    defer { server.stop() }
    let client = try client(server)
    let error = await failure { () throws(S3Error) in
      try await client.copyObject(bucket: "b", key: "k", toBucket: "c", toKey: "k")
    }
    #expect(error?.code == "EntityTooLarge" && error?.message.contains("5 GiB") == true)
  }

  @Test(arguments: [("", "us-east-1"), ("EU", "eu-west-1"), ("eu-central-1", "eu-central-1")])
  func regions(_ text: String, _ region: String) throws {
    #expect(try S3Location(Array("<LocationConstraint>\(text)</LocationConstraint>".utf8)).region == region)
  }
}
