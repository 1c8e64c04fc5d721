import BundleModel
import Glibc
import Hashing
import ProcessControl
import TestSupport
import Testing

@testable import S3

/// Every fault ends in a correct result or in one clear error with nothing left behind.
@Suite struct FaultTests {
  private let secret = "a-very-secret-key"
  private let body = "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"

  private func client(
    port: Int, retry: RetryPolicy = RetryPolicy(base: .milliseconds(1)), response: Duration = .seconds(20),
    now: @escaping @Sendable () -> Timestamp = ThisProcess.now
  ) throws -> S3Client {
    let endpoint = try #require(S3Endpoint("http://127.0.0.1:\(port)", pathStyle: true))
    return S3Client(
      S3Configuration(
        endpoint: endpoint, region: "us-east-1",
        credentials: S3Credentials(accessKeyID: "AKID", secretAccessKey: Secret(secret)),
        limits: CallLimits(response: response, retry: retry)), now: now)
  }

  @Test func repeatsAndSignsAnew() async throws {
    let server = try ScriptedServer(
      .reset(), .answer(503, body: "<Error><Code>SlowDown</Code></Error>"), .answer(200, body: "hello"))
    defer { server.stop() }
    let clock = Ticker()
    let client = try client(port: server.port, now: { clock.next() })
    let (bytes, _) = try await client.getObject(bucket: "bucket", key: "key", limit: 100)
    #expect(bytes == Array("hello".utf8))
    let signatures = Set(server.requests.compactMap { $0.header("authorization") })
    #expect(signatures.count == 3, "a retry carries the old signature")
  }

  @Test func givesUpAfterTheLastAttempt() async throws {
    let server = try ScriptedServer(.answer(500, body: "<Error><Code>InternalError</Code></Error>"))
    defer { server.stop() }
    let client = try client(port: server.port)
    let error = await failure { () throws(S3Error) in try await client.headBucket("bucket") }
    #expect(error?.kind == .serverError)
    #expect(server.requests.count == 4)
  }

  @Test func truncatedDownloadLeavesNothing() async throws {
    let server = try ScriptedServer(.truncated(length: 100, body: "half"))
    defer { server.stop() }
    let directory = try TemporaryDirectory()
    let client = try client(port: server.port)
    let checksum = try #require(Checksum(digest: SHA256.digest(of: "half")))
    let error = await failure { () throws(S3Error) in
      _ = try await client.getObject(
        bucket: "bucket", key: "key", file: directory.path + "/out", checksum: checksum)
    }
    #expect(error?.kind == .transport)
    #expect(try await Program.run("ls", ["-A", directory.path]).output == "", "the temporary file stayed")
  }

  @Test func truncatedThenWhole() async throws {
    let server = try ScriptedServer(.truncated(length: 100, body: "half"), .answer(200, body: "whole"))
    defer { server.stop() }
    let directory = try TemporaryDirectory()
    let client = try client(port: server.port)
    let checksum = try #require(Checksum(digest: SHA256.digest(of: "whole")))
    _ = try await client.getObject(bucket: "bucket", key: "key", file: directory.path + "/out", checksum: checksum)
    #expect(try directory.read("out") == "whole", "the first try's bytes are in the file")
  }

  @Test func otherBytesAreRefused() async throws {
    let server = try ScriptedServer(.answer(200, body: "other"))
    defer { server.stop() }
    let directory = try TemporaryDirectory()
    try directory.write("before", to: "out")
    let client = try client(port: server.port)
    let checksum = try #require(Checksum(digest: SHA256.digest(of: "wanted")))
    let error = await failure { () throws(S3Error) in
      _ = try await client.getObject(
        bucket: "bucket", key: "key", file: directory.path + "/out", checksum: checksum)
    }
    #expect(error?.kind == .integrity)
    #expect(server.requests.count == 1)
    #expect(try directory.read("out") == "before")
    #expect(try await Program.run("ls", ["-A", directory.path]).output == "out\n")
  }

  @Test func hangEndsAtTheDeadline() async throws {
    let server = try ScriptedServer(.hang)
    defer { server.stop() }
    let client = try client(port: server.port, retry: .never, response: .milliseconds(200))
    let begin = ContinuousClock.now
    let error = await failure { () throws(S3Error) in try await client.headBucket("bucket") }
    #expect(error?.kind == .timeout)
    #expect(error?.message.contains("no answer within 200 ms") == true)
    #expect(.now - begin < .seconds(25))
  }

  @Test func cancellationIsImmediate() async throws {
    let server = try ScriptedServer(.hang)
    defer { server.stop() }
    let client = try client(port: server.port)
    let task = Task { await failure { () throws(S3Error) in try await client.headBucket("bucket") } }
    try await until { server.requests.count == 1 }
    let begin = ContinuousClock.now
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    #expect(.now - begin < .seconds(25))
    try await until { server.openConnections == 0 }
  }

  @Test func cancellationEndsThePause() async throws {
    let server = try ScriptedServer(.answer(503, headers: ["Retry-After: 25"]))
    defer { server.stop() }
    let client = try client(port: server.port)
    let task = Task { await failure { () throws(S3Error) in try await client.headBucket("bucket") } }
    try await until { server.requests.count == 1 }
    let begin = ContinuousClock.now
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    #expect(.now - begin < .seconds(25))
  }

  @Test func successWithAnErrorInside() async throws {
    let server = try ScriptedServer(
      .answer(200, body: "<Error><Code>InternalError</Code><Message>x</Message></Error>"), .answer(200, body: body))
    defer { server.stop() }
    let client = try client(port: server.port)
    #expect(try await client.listObjects(bucket: "bucket").isEmpty)
    #expect(server.requests.count == 2)
  }

  /// An object may well be an XML document that says Error.
  @Test func objectsAreNotTakenForErrors() async throws {
    let text = "<Error><Code>InternalError</Code></Error>"
    let server = try ScriptedServer(.answer(200, body: text))
    defer { server.stop() }
    let (bytes, _) = try await client(port: server.port).getObject(bucket: "bucket", key: "key", limit: 100)
    #expect(bytes == Array(text.utf8))
  }

  @Test func resetInMidBody() async throws {
    let server = try ScriptedServer(
      .reset(sending: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), .answer(200, body: "0123456789"))
    defer { server.stop() }
    let (bytes, _) = try await client(port: server.port).getObject(bucket: "bucket", key: "key", limit: 100)
    #expect(bytes == Array("0123456789".utf8))
  }

  /// A reused connection that dies under a request makes libcurl send the body again, from its start.
  @Test(arguments: [1, 300_000]) func uploadRewindsOnADeadConnection(_ size: Int) async throws {
    let server = try ScriptedServer(.answer(200), .hangUp, .answerThenClose(200), .answer(200))
    defer { server.stop() }
    let directory = try TemporaryDirectory()
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let file = try directory.write(bytes, to: "file")
    let client = try client(port: server.port, retry: .never)
    let checksum = try #require(Checksum(digest: SHA256.digest(of: bytes)))
    for _ in 0..<3 {
      try await client.putObject(
        bucket: "bucket", key: "key", file: file, size: Int64(size), checksum: checksum, contentType: "text/plain")
    }
    #expect(server.requests.count == 4)
    #expect(server.requests.allSatisfy { $0.body == bytes })
  }

  @Test func uploadOfOtherBytesIsAborted() async throws {
    let server = try ScriptedServer(.answer(200))
    defer { server.stop() }
    let directory = try TemporaryDirectory()
    let file = try directory.write("the body", to: "file")
    let client = try client(port: server.port)
    let wrong = try #require(Checksum(digest: SHA256.digest(of: "a promise")))
    for size in [Int64(8), 7, 9] {
      let error = await failure { () throws(S3Error) in
        try await client.putObject(
          bucket: "bucket", key: "key", file: file, size: size, checksum: wrong, contentType: "text/plain")
      }
      #expect(error?.kind == .integrity)
    }
    #expect(server.requests.isEmpty, "a whole request arrived")
  }

  @Test func missingFile() async throws {
    let client = try client(port: 9)
    let checksum = try #require(Checksum(digest: SHA256.digest(of: "")))
    let error = await failure { () throws(S3Error) in
      try await client.putObject(
        bucket: "bucket", key: "key", file: "/no/such/file", size: 0, checksum: checksum, contentType: "text/plain")
    }
    #expect(error?.kind == .file)
    #expect(error?.message.contains("No such file") == true)
  }

  @Test func closedPort() async throws {
    let server = try ScriptedServer(.hang)
    server.stop()
    let client = try client(port: server.port)
    let begin = ContinuousClock.now
    let error = await failure { () throws(S3Error) in try await client.headBucket("bucket", limits: .probe) }
    #expect(error?.kind == .transport)
    #expect(error?.message.contains("127.0.0.1:\(server.port): cannot connect: connection refused") == true)
    #expect(.now - begin < .seconds(25))
  }

  @Test func learnsTheServersClock() async throws {
    let refusal = "<Error><Code>RequestTimeTooSkewed</Code></Error>"
    let server = try ScriptedServer(
      .answer(403, headers: ["Date: Fri, 02 Jan 2026 03:04:05 GMT"], body: refusal), .answer(200))
    defer { server.stop() }
    let client = try client(
      port: server.port, retry: .never, now: { Timestamp(iso8601: "2026-01-02T02:00:00Z")! })
    try await client.headBucket("bucket")
    #expect(server.requests.last?.header("x-amz-date") == "20260102T030405Z")
    try await client.headBucket("bucket")
    #expect(server.requests.count == 3, "the offset was not kept")
  }

  @Test func skewIsCorrectedOnce() async throws {
    let refusal = "<Error><Code>RequestTimeTooSkewed</Code></Error>"
    let server = try ScriptedServer(.answer(403, headers: ["Date: Fri, 02 Jan 2026 03:04:05 GMT"], body: refusal))
    defer { server.stop() }
    let client = try client(port: server.port)
    let error = await failure { () throws(S3Error) in try await client.deleteObject(bucket: "bucket", key: "key") }
    #expect(error?.kind == .clockSkew)
    #expect(server.requests.count == 2)
  }

  @Test func redirectsAreExplainedNotFollowed() async throws {
    let elsewhere = try ScriptedServer(.answer(200))
    defer { elsewhere.stop() }
    let server = try ScriptedServer(
      .answer(
        301, headers: ["Location: http://127.0.0.1:\(elsewhere.port)/", "x-amz-bucket-region: eu-west-1"]))
    defer { server.stop() }
    let client = try client(port: server.port)
    let error = await failure { () throws(S3Error) in try await client.headBucket("bucket") }
    #expect(error?.kind == .invalidRequest)
    #expect(error?.message.contains("eu-west-1") == true)
    #expect(elsewhere.connections == 0)
  }

  @Test func errorBodiesAreCapped() async throws {
    let long = "<Error><Code>Odd\u{1B}[31m</Code><Message>" + String(repeating: "m", count: 300_000)
    let server = try ScriptedServer(.answer(400, body: long))
    defer { server.stop() }
    let client = try client(port: server.port)
    let error = await failure { () throws(S3Error) in try await client.deleteObject(bucket: "bucket", key: "key") }
    #expect(error?.kind == .invalidRequest)
    #expect(error?.message.utf8.contains(0x1B) == false)
    #expect((error?.message.utf8.count ?? 0) < 1000)
  }

  @Test func tooLongForMemory() async throws {
    let server = try ScriptedServer(.answer(200, body: "0123456789"))
    defer { server.stop() }
    let client = try client(port: server.port, retry: .never)
    let error = await failure { () throws(S3Error) in
      _ = try await client.getObject(bucket: "bucket", key: "key", limit: 9)
    }
    #expect(error?.message.contains("longer than 9 bytes") == true)
  }

  @Test func requestsAreSentAsTheyWereSigned() async throws {
    let server = try ScriptedServer(.answer(200))
    defer { server.stop() }
    let client = try client(port: server.port)
    try await client.putObject(bucket: "bucket", key: "a/../b/./c//d e+f", bytes: [1], contentType: "text/plain")
    let request = try #require(server.requests.first)
    #expect(request.line == "PUT /bucket/a/../b/./c//d%20e%2Bf HTTP/1.1")
    for name in ["expect", "transfer-encoding", "accept-encoding"] { #expect(request.header(name) == nil) }
    #expect(request.header("content-length") == "1")
    #expect(request.header("content-type") == "text/plain")
    #expect(!request.headers.joined().contains(secret))
  }

  @Test func oneConnectionServesMany() async throws {
    let server = try ScriptedServer(.answer(200))
    defer { server.stop() }
    let client = try client(port: server.port)
    for _ in 0..<5 { try await client.headBucket("bucket") }
    #expect(server.connections == 1)
    #expect(server.requests.count == 5)
  }
}

/// A clock that goes on by a second each time it is read.
private final class Ticker: Sendable {
  private let flag = Counter()
  func next() -> Timestamp {
    Timestamp(microseconds: ThisProcess.now().microseconds + Int64(flag.increment()) * 1_000_000)
  }
}
