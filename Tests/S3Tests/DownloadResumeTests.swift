import BundleModel
import Hashing
import Synchronization
import TestSupport
import Testing

@testable import S3

/// Downloads that break end in the right bytes or in one clear error, and never fetch twice what has come.
@Suite struct DownloadResumeTests {
  private static let text = String((0..<1000).map { "\($0 % 10)" }.joined())
  private static let checksum = Checksum(digest: SHA256.digest(of: text))!

  /// Gives what is asked for of `text`, but never more than `limit` bytes at a time, and then breaks.
  private static func flaky(
    limit: Int, etag: String = "\"one\"", text: String = text, range: String? = nil
  ) -> ScriptedServer.Reply {
    .by { request in
      let first = start(of: request)
      let rest = text.dropFirst(first)
      var headers = ["ETag: \(etag)", "Accept-Ranges: bytes"]
      if request.header("range") != nil {
        headers.append("Content-Range: " + (range ?? "bytes \(first)-\(text.count - 1)/\(text.count)"))
      }
      let status = request.header("range") == nil ? 200 : 206
      if rest.count <= limit { return .answer(status, headers: headers, body: String(rest)) }
      return .truncated(status, length: rest.count, headers: headers, body: String(rest.prefix(limit)))
    }
  }

  private static func start(of request: ScriptedServer.Request) -> Int {
    request.header("range").flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
  }

  private func download(
    _ server: ScriptedServer, checksum: Checksum = Self.checksum,
    retry: RetryPolicy = RetryPolicy(base: .milliseconds(1), cap: .milliseconds(50))
  ) async throws -> (text: String?, error: S3Error?, left: String) {
    let directory = try TemporaryDirectory()
    let client = try scriptedClient(of: server, retry: retry)
    let error = await failure { () throws(S3Error) in
      _ = try await client.getObject(
        bucket: "bucket", key: "key", file: directory.path + "/out", checksum: checksum)
    }
    let left = try await Program.run("ls", ["-A", directory.path]).output
    return (try? directory.read("out"), error, left)
  }

  @Test func goesOnWhereItBroke() async throws {
    let server = try ScriptedServer(Self.flaky(limit: 300))
    defer { server.stop() }
    let result = try await download(server)
    #expect(result.error == nil)
    #expect(result.text == Self.text)
    #expect(result.left == "out\n")
    #expect(server.requests.map { $0.header("range") } == [nil, "bytes=300-", "bytes=600-", "bytes=900-"])
    #expect(server.requests.dropFirst().allSatisfy { $0.header("if-match") == "\"one\"" })
    #expect(server.requests.allSatisfy { $0.header("authorization") != nil })
    #expect(server.requests.last?.header("authorization")?.contains("range") == true, "Range is not signed")
  }

  /// rclone sends the rest under a 200, others under a 206.
  @Test func goesOnAtTheRealServer() async throws {
    let store = try await TestObjectStore.create()
    let size = 3_000_000
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    let port = try #require(store.endpoint.split(separator: ":").last.flatMap { Int($0) })
    let line = try TunnelProxy(to: port, cuts: [1_000_000, 500_000, 10])
    defer { line.stop() }
    try await store.client().putObject(bucket: store.bucket, key: "key", bytes: bytes)
    let directory = try TemporaryDirectory()
    let file = directory.path + "/out"
    let steps = Steps()
    let client = S3Client(
      S3Configuration(
        endpoint: try #require(S3Endpoint("http://127.0.0.1:\(line.port)", pathStyle: true)),
        region: store.region,
        credentials: S3Credentials(accessKeyID: store.accessKey, secretAccessKey: store.secretKey)))
    let (info, checksum) = try await client.getObject(bucket: store.bucket, key: "key", file: file) {
      steps.take($0)
    }
    #expect(info.size == Int64(size))
    #expect(checksum.digest == SHA256.digest(of: bytes))
    #expect(try TestFile.bytes(of: file) == bytes)
    #expect(steps.last == Int64(size))
    #expect(line.connections == 4)
  }

  /// A hundred breaks are far more than the attempts of one try; each brings something.
  @Test func endsWhenItProgresses() async throws {
    let server = try ScriptedServer(Self.flaky(limit: 10))
    defer { server.stop() }
    let result = try await download(server)
    #expect(result.text == Self.text)
    #expect(server.requests.count == 100)
  }

  @Test func butNotForEver() async throws {
    let server = try ScriptedServer(Self.flaky(limit: 1))
    defer { server.stop() }
    let policy = RetryPolicy(base: .milliseconds(1), cap: .milliseconds(2), maxResumptions: 20)
    let result = try await download(server, retry: policy)
    #expect(result.error?.kind == .transport)
    #expect(server.requests.count == 20)
    #expect(result.left == "")
  }

  @Test func memoryAndHashGoOnToo() async throws {
    let server = try ScriptedServer(Self.flaky(limit: 400))
    defer { server.stop() }
    let client = try scriptedClient(of: server)
    let (bytes, info) = try await client.getObject(bucket: "bucket", key: "key", limit: 1000)
    #expect(bytes == Array(Self.text.utf8))
    #expect(info.size == 1000 && info.etag == "one")
    #expect(try await client.hashObject(bucket: "bucket", key: "key") == (Self.checksum, 1000))
    #expect(server.requests.count == 6)
  }

  /// A restarting server refuses connections for longer than all attempts of a call that has not begun take.
  @Test func survivesARestart() async throws {
    let first = try ScriptedServer(Self.flaky(limit: 300))
    defer { first.stop() }
    let port = first.port
    let broke = Counter()
    let directory = try TemporaryDirectory()
    let client = try scriptedClient(
      of: first, retry: RetryPolicy(maxAttempts: 2, base: .milliseconds(20), cap: .milliseconds(100)))
    let task = Task {
      try await client.getObject(
        bucket: "bucket", key: "key", file: directory.path + "/out", checksum: Self.checksum
      ) { _ in if broke.increment() == 1 { first.stop() } }
    }
    try await until { first.requests.count >= 1 && first.openConnections == 0 }
    // Refused again and again, until the port is taken again; whoever listens there first wins, so try.
    let closed = ContinuousClock.now
    try await until { .now - closed > .milliseconds(600) }
    let second = try ScriptedServer(port: port, Self.flaky(limit: 1000))
    defer { second.stop() }
    let info = try await task.value
    #expect(info.size == 1000)
    #expect(try directory.read("out") == Self.text)
    #expect(second.requests.map { $0.header("range") } == ["bytes=300-"])
  }

  @Test(arguments: [412, 416, 501]) func startsOverWhenTheObjectChanged(_ status: Int) async throws {
    let other = String(repeating: "z", count: 500)
    let server = try ScriptedServer(
      Self.flaky(limit: 300), .answer(status), Self.flaky(limit: 1000, etag: "\"two\"", text: other))
    defer { server.stop() }
    let result = try await download(server, checksum: try #require(Checksum(digest: SHA256.digest(of: other))))
    #expect(result.text == other)
    #expect(server.requests.map { $0.header("range") } == [nil, "bytes=300-", nil])
  }

  @Test func startsOverWhenAnotherETagComes() async throws {
    let other = String(repeating: "z", count: 1000)
    let server = try ScriptedServer(
      Self.flaky(limit: 300), Self.flaky(limit: 1000, etag: "\"two\"", text: other))
    defer { server.stop() }
    let result = try await download(server, checksum: try #require(Checksum(digest: SHA256.digest(of: other))))
    #expect(result.text == other)
    #expect(server.requests.map { $0.header("range") } == [nil, "bytes=300-", nil])
  }

  @Test func startsOverWhenRangesAreIgnored() async throws {
    let server = try ScriptedServer(
      Self.flaky(limit: 300), .answer(200, headers: ["ETag: \"one\""], body: Self.text))
    defer { server.stop() }
    let result = try await download(server)
    #expect(result.text == Self.text)
    #expect(server.requests.count == 2)
  }

  /// Without ranges a broken line would be asked for the beginning for ever.
  @Test func endsWhenRangesAreAlwaysIgnored() async throws {
    let server = try ScriptedServer(
      .truncated(length: 1000, headers: ["ETag: \"one\""], body: String(Self.text.prefix(300))))
    defer { server.stop() }
    let result = try await download(server)
    #expect(result.error?.kind == .transport)
    #expect(server.requests.count <= 10)
    #expect(result.left == "")
  }

  @Test func endsWhenTheObjectAlwaysChanges() async throws {
    let count = Counter()
    let server = try ScriptedServer(
      .by { request in
        if request.header("range") != nil { return .answer(412) }
        return .truncated(length: 1000, headers: ["ETag: \"\(count.increment())\""], body: "some")
      })
    defer { server.stop() }
    let result = try await download(server)
    #expect(result.error?.code == "ObjectChanges")
    #expect(server.requests.count <= 10)
  }

  @Test(arguments: ["bytes 0-999/1000", "bytes 301-999/1000", "bytes 300-998/999", "nonsense"])
  func liesAboutRanges(_ range: String) async throws {
    let server = try ScriptedServer(Self.flaky(limit: 300), Self.flaky(limit: 1000, range: range))
    defer { server.stop() }
    let result = try await download(server)
    #expect(result.error?.kind == .integrity)
    #expect(server.requests.count == 2)
    #expect(result.left == "")
  }

  /// The right range of another object under the same ETag: only the hash can tell.
  @Test func otherBytesUnderTheSameETag() async throws {
    let other = String(repeating: "z", count: 1000)
    let server = try ScriptedServer(Self.flaky(limit: 300), Self.flaky(limit: 1000, text: other))
    defer { server.stop() }
    let result = try await download(server)
    #expect(result.error?.code == "ChecksumMismatch")
    #expect(result.left == "")
  }

  /// A part that ends early but says so is gone on from as well.
  @Test func shortParts() async throws {
    let server = try ScriptedServer(
      Self.flaky(limit: 300),
      .answer(206, headers: ["ETag: \"one\"", "Content-Range: bytes 300-399/1000"], body: "0123456789" * 10),
      Self.flaky(limit: 1000))
    defer { server.stop() }
    let result = try await download(server)
    #expect(result.text == Self.text)
    #expect(server.requests.map { $0.header("range") } == [nil, "bytes=300-", "bytes=400-"])
  }

  @Test func fetchesWhatHasNoKnownChecksum() async throws {
    let server = try ScriptedServer(Self.flaky(limit: 600))
    defer { server.stop() }
    let directory = try TemporaryDirectory()
    let seen = Mutex<[Int64]>([])
    let client = try scriptedClient(of: server)
    let (info, checksum) = try await client.getObject(
      bucket: "bucket", key: "key", file: directory.path + "/out"
    ) { bytes in seen.withLock { $0.append(bytes) } }
    #expect(info.size == 1000)
    #expect(checksum == Self.checksum)
    #expect(seen.withLock { $0.last } == 1000)
    #expect(seen.withLock { $0 } == seen.withLock { $0.sorted() }, "the progress went back")
  }

  @Test(arguments: ["x-amz-meta-sha256: ", "x-amz-checksum-sha256: "])
  func comparesWithWhatWasNoted(_ field: String) async throws {
    let noted = try #require(Checksum(digest: SHA256.digest(of: "something else")))
    let value = field.contains("meta") ? noted.hex : ByteEncoding.base64(noted.digest)
    let server = try ScriptedServer(.answer(200, headers: [field + value], body: Self.text))
    defer { server.stop() }
    let directory = try TemporaryDirectory()
    let client = try scriptedClient(of: server)
    let error = await failure { () throws(S3Error) in
      _ = try await client.getObject(bucket: "bucket", key: "key", file: directory.path + "/out")
    }
    #expect(error?.code == "ChecksumMismatch")
    #expect(try await Program.run("ls", ["-A", directory.path]).output == "")
  }

  /// What is longer than fits is not fetched to be thrown away, nor asked for again.
  @Test func tooLongIsSeenInTheHead() async throws {
    let server = try ScriptedServer(.flood(200, bytes: 10 << 20))
    defer { server.stop() }
    let client = try scriptedClient(of: server)
    let error = await failure { () throws(S3Error) in
      _ = try await client.getObject(bucket: "bucket", key: "key", limit: 1000)
    }
    #expect(error?.code == "AnswerTooLong")
    try await until { server.openConnections == 0 }
    #expect(server.sent < 10 << 20)
    #expect(server.requests.count == 1)
  }

  /// Ten megabytes of refusal: its beginning is read and the connection closed.
  @Test func longRefusalsAreCutShort() async throws {
    let server = try ScriptedServer(.flood(400, bytes: 10 << 20))
    defer { server.stop() }
    let client = try scriptedClient(of: server)
    let error = await failure { () throws(S3Error) in
      _ = try await client.getObject(bucket: "bucket", key: "key", limit: 1000)
    }
    #expect(error?.kind == .invalidRequest)
    #expect(error?.status == 400)
    try await until { server.openConnections == 0 }
    #expect(server.sent < 10 << 20)
  }

  @Test func aStallInMidDownloadIsGoneOnFrom() async throws {
    let server = try ScriptedServer(
      .by { _ in .stalled(length: 1000, headers: ["ETag: \"one\""], body: String(Self.text.prefix(300))) },
      Self.flaky(limit: 1000))
    defer { server.stop() }
    let endpoint = try #require(S3Endpoint("http://127.0.0.1:\(server.port)", pathStyle: true))
    let client = S3Client(
      S3Configuration(
        endpoint: endpoint, region: "us-east-1",
        credentials: S3Credentials(accessKeyID: "AKID", secretAccessKey: Secret("secret")),
        limits: CallLimits(stall: .milliseconds(300), retry: RetryPolicy(base: .milliseconds(1)))))
    let (bytes, _) = try await client.getObject(bucket: "bucket", key: "key", limit: 1000)
    #expect(bytes == Array(Self.text.utf8))
    #expect(server.requests.map { $0.header("range") } == [nil, "bytes=300-"])
  }
}

private func * (text: String, count: Int) -> String { String(repeating: text, count: count) }
