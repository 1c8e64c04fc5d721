import BundleModel
import LocalStack
import TestSupport
import Testing

@Suite struct LocalS3Tests {
  @Test func storesForItsKeysOnly() async throws {
    let store = try await TestObjectStore.create()
    let url = "\(store.endpoint)/\(store.bucket)/dir/object"
    #expect(try await curl(url, "upload-file = -", keys: store, body: "hello").status == "200")
    #expect(try await curl(url, keys: store).body == "hello")
    // rclone answers 400 to a request without a signature, minio 403.
    #expect(["400", "403"].contains(try await curl(url).status))
    #expect(["400", "403"].contains(try await curl("\(store.endpoint)/\(store.bucket)").status))
    #expect(try await curl(url, #"user = "\#(store.accessKey):wrong""#, sign).status == "403")
  }

  @Test func keepsPortAndObjectsThroughARestart() async throws {
    let directory = try StackDirectory.create()
    let server = try await LocalS3.start(in: directory)
    let store = try await TestObjectStore.create(on: server)
    let url = "\(store.endpoint)/\(store.bucket)/kept"
    #expect(try await curl(url, "upload-file = -", keys: store, body: "hello").status == "200")
    await server.stop()
    #expect(await server.pid == nil)
    #expect(try await curl(url, keys: store).status == "000")
    try await server.startAgain()
    #expect(try await curl(url, keys: store).body == "hello")
    await server.stop()
    try directory.remove()
  }

  private let sign = #"aws-sigv4 = "aws:amz:us-east-1:s3""#

  private func curl(
    _ url: String, _ options: String..., keys: TestObjectStore? = nil, body: String = ""
  ) async throws -> (status: String, body: String) {
    let user = keys.map { #"user = "\#($0.accessKey):\#($0.secretKey.reveal())""# }
    let file = try TemporaryDirectory()
    try file.write(body, to: "body")
    let settings = options.map { $0.replacing(" -", with: " \(file.path)/body") } + (user.map { [$0, sign] } ?? [])
    let result = try await Program.run(
      "curl", ["--disable", "--silent", "--config", "-", "--write-out", "\n%{http_code}", "--url", url],
      input: settings.joined(separator: "\n"))
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
  }
}
