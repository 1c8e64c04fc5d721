import BundleModel
import LocalStack
import ProcessControl
import TestSupport
import Testing

@testable import S3

@Suite struct PresignTests {
  /// What curl gets from a URL, which it reads from its input: arguments can be seen by others.
  private func fetch(_ url: String, _ arguments: [String] = []) async throws -> (
    status: Int, head: String, body: String
  ) {
    let marker = "-----status:"
    let result = try await Program.run(
      "curl", ["-s", "-i", "-m", "20", "--path-as-is", "-w", marker + "%{http_code}", "-K", "-"] + arguments,
      input: "url = \"\(url)\"\n")
    let parts = result.output.split(separator: marker, maxSplits: 1)
    let status = parts.last.flatMap { Int($0) } ?? 0
    let sides = (parts.first ?? "").split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    return (status, String(sides.first ?? ""), sides.count > 1 ? String(sides[1]) : "")
  }

  @Test(arguments: RoundTripTests.keys) func fetchesWithCurl(_ key: String) async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    try await client.putObject(bucket: store.bucket, key: key, bytes: Array("bytes of \(key)".utf8))
    let url = try client.presignGet(
      bucket: store.bucket, key: key, expires: .seconds(60),
      contentDisposition: "attachment; filename=\"a b.tgz\"; filename*=UTF-8''caf%C3%A9.tgz",
      contentType: "application/x-thing")
    let answer = try await fetch(url.reveal())
    #expect(answer.status == 200)
    #expect(answer.body == "bytes of \(key)")
    let head = answer.head.lowercased()
    #expect(head.contains("content-disposition: attachment; filename=\"a b.tgz\"; filename*=utf-8''caf%c3%a9.tgz"))
    #expect(head.contains("content-type: application/x-thing"))
  }

  @Test func anythingElseIsRefused() async throws {
    let store = try await TestObjectStore.create()
    let client = try store.client()
    for key in ["key", "other"] { try await client.putObject(bucket: store.bucket, key: key, bytes: [65]) }
    let url = try client.presignGet(bucket: store.bucket, key: "key", expires: .seconds(60)).reveal()
    #expect(try await fetch(url).body == "A")
    let raised = url.replacing("X-Amz-Expires=60", with: "X-Amz-Expires=600")
    let tampered = String(url.dropLast()) + (url.hasSuffix("0") ? "1" : "0")
    let elsewhere = url.replacing("/key?", with: "/other?")
    for wrong in [raised, tampered, elsewhere, url + "&x=y"] {
      #expect(wrong != url)
      #expect(try await fetch(wrong).status == 403)
    }
    #expect(try await fetch(url, ["-X", "DELETE"]).status == 403)

    let past = try store.client(now: { ThisProcess.now().advanced(by: .seconds(-120)) })
    let expired = try past.presignGet(bucket: store.bucket, key: "key", expires: .seconds(60)).reveal()
    #expect([400, 403].contains(try await fetch(expired).status))
  }

  @Test func limitsAndPublicEndpoint() throws {
    let endpoint = try #require(S3Endpoint("http://minio:9000", pathStyle: true))
    let outside = try #require(S3Endpoint("https://files.example", pathStyle: true))
    let client = S3Client(
      S3Configuration(
        endpoint: endpoint, region: "us-east-1",
        credentials: S3Credentials(
          accessKeyID: "AKID", secretAccessKey: Secret("secret-key"), sessionToken: Secret("a/token"))))
    for seconds in [0, -1, 604_801, 900] as [Int64] {
      let url = try? client.presignGet(bucket: "b", key: "k", expires: .seconds(seconds))
      #expect((url != nil) == (seconds == 900))
    }
    let url = try client.presignGet(bucket: "b", key: "k", expires: .seconds(5), endpoint: outside)
    #expect(url.reveal().hasPrefix("https://files.example/b/k?X-Amz-Algorithm="))
    #expect(url.reveal().contains("&X-Amz-Security-Token=a%2Ftoken&"))
    #expect("\(url)" == "••••")
    #expect(!url.reveal().contains("secret-key"))
  }
}
