import TestSupport
import Testing

@testable import S3

/// A part that was asked for is that part or an error.
@Suite struct RangeReadTests {
  private static let text = "0123456789abcdef"

  private func read(
    _ reply: ScriptedServer.Reply, _ range: Range<Int64> = 4..<8
  ) async throws -> (text: String?, total: Int64?, etag: String?, error: S3Error?, asked: String?) {
    let server = try ScriptedServer(reply)
    defer { server.stop() }
    let client = try scriptedClient(of: server)
    var part: (bytes: [UInt8], total: Int64, etag: String?)?
    var error: S3Error?
    do throws(S3Error) {
      part = try await client.getRange(bucket: "bucket", key: "key", range: range)
    } catch let failure {
      error = failure
    }
    let request = server.requests.last
    #expect(request?.header("authorization")?.contains("range") == true, "Range is not signed")
    return (
      part.map { String(decoding: $0.bytes, as: UTF8.self) }, part?.total, part?.etag, error,
      request?.header("range")
    )
  }

  @Test(arguments: [200, 206]) func aPart(status: Int) async throws {
    let headers = ["Content-Range: bytes 4-7/16", "ETag: \"one\""]
    let part = try await read(.answer(status, headers: headers, body: "4567"))
    #expect(part.text == "4567" && part.total == 16 && part.etag == "one" && part.error == nil)
    #expect(part.asked == "bytes=4-7")
  }

  /// Weak tags promise nothing; servers without ranges send everything.
  @Test func theWhole() async throws {
    let part = try await read(.answer(200, headers: ["ETag: W/\"one\""], body: Self.text))
    #expect(part.text == "4567" && part.total == 16 && part.etag == nil && part.error == nil)
  }

  @Test(arguments: [
    (206, "bytes 3-6/16", "3456"), (206, "bytes 4-8/16", "45678"), (206, "bytes 4-7/16", "456"),
    (206, "bytes 4-7/*", "4567"), (206, "nonsense", "4567"), (206, "", "4567"), (200, "", "0123"),
  ])
  func anythingElse(status: Int, range: String, body: String) async throws {
    let headers = range.isEmpty ? [] : ["Content-Range: \(range)"]
    let part = try await read(.answer(status, headers: headers, body: body))
    #expect(part.error?.kind == .integrity && part.text == nil)
  }

  @Test func refusals() async throws {
    #expect(try await read(.answer(404, body: "<Error><Code>NoSuchKey</Code></Error>")).error?.kind == .notFound)
    #expect(try await read(.answer(416)).error?.kind == .invalidRequest)
    #expect(try await read(.answer(403)).error?.kind == .denied)
  }
}
