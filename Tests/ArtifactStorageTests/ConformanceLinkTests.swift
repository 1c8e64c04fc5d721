import ArtifactStorage
import BundleModel
import TestSupport
import Testing

/// Signed links and refusals, on every S3 server that can tell.
@Suite struct ConformanceLinkTests {
  private let key = "demo/0123abcd/0123456789abcdef/demo.tgz"

  /// Someone without credentials fetches the same bytes under the promised name, and nothing else.
  @Test(arguments: Backend.strict) func linksOpenOneObjectAsPromised(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    try await test.put("the archive", key: key)
    try await test.put("another one", key: "demo/other.tgz")
    let url = try link(test.store, lifetime: .seconds(300)).url.reveal()
    let answer = try await fetch(url)
    #expect(answer.hasPrefix("HTTP/1.1 200") && answer.hasSuffix("the archive"))
    let head = answer.lowercased()
    #expect(
      head.contains("content-disposition: attachment; filename=\"d_mo 1.tgz\"; filename*=utf-8''d%c3%a9mo%201.tgz"))
    #expect(head.contains("content-type: application/gzip"))

    let tampered = [
      String(url.dropLast()) + (url.last == "0" ? "1" : "0"), url.replacing(key, with: "demo/other.tgz"),
      url.replacing("X-Amz-Expires=300", with: "X-Amz-Expires=301"), url + "&versionId=1",
      url.replacing("1.tgz", with: "2.tgz"),
    ]
    for other in tampered {
      #expect(other != url)
      let answer = try await fetch(other)
      #expect(answer.hasPrefix("HTTP/1.1 403") && !answer.contains("the archive"))
    }
    let head403 = try await fetch(url, "head")
    #expect(head403.hasPrefix("HTTP/1.1 403"), "the method is signed")
  }

  @Test(arguments: Backend.strict) func linksExpire(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    try await test.put("the archive", key: key)
    let url = try link(test.store, lifetime: .seconds(1)).url.reveal()
    // 403 at Amazon's, 400 at rclone's.
    try await eventually(within: .seconds(60), "the link has expired") {
      let answer = try await fetch(url)
      return answer.hasPrefix("HTTP/1.1 40") && !answer.contains("the archive")
    }
  }

  @Test(arguments: Backend.strict) func wrongKeysAreDenied(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    try await test.put("the archive", key: key)
    for changes in [["SECRET_ACCESS_KEY": "SKcanary-wrong"], ["ACCESS_KEY_ID": "nobody:nowhere"]] {
      let store = try test.store(changing: changes)
      let key = key
      let calls: [(String, @Sendable () async throws -> Void)] = [
        ("check", { try await store.check() }), ("inspect", { _ = try await store.inspect(key) }),
        ("missing", { _ = try await store.inspect("missing") }), ("list", { _ = try await store.list(prefix: "") }),
        ("delete", { try await store.delete(key) }),
      ]
      for (name, call) in calls {
        let error = await #expect(throws: StorageError.self, "\(name)") { try await call() }
        #expect(error?.kind == .denied, "\(name)")
        #expect(error?.message.contains("SKcanary") == false)
      }
    }
    #expect(try await test.store.inspect(key) != .missing)
  }

  @Test func aServerThatIsNotThereIsUnavailable() async throws {
    let test = try await StoreUnderTest(.rclone)
    let store = try test.store(changing: ["ENDPOINT": "http://127.0.0.1:1"])
    let error = await failure { () throws(StorageError) in try await store.check() }
    #expect(error?.kind == .unavailable)
  }

  /// A bucket that is not there is no empty store.
  @Test(arguments: Backend.remote) func aMissingBucketIsTold(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let store = try test.store(changing: ["BUCKET": "no-such-bucket"])
    let error = await failure { () throws(StorageError) in try await store.check() }
    #expect(error?.kind == .unavailable && error?.message.contains("no-such-bucket") == true)
    let listing = await failure { () throws(StorageError) in _ = try await store.list(prefix: "") }
    #expect(listing != nil)
  }

  private func link(_ store: any ArtifactStore, lifetime: Duration) throws -> SignedLink {
    try store.signedURL(
      LinkRequest(
        slug: try #require(Slug("Démo")), fingerprint: try #require(Fingerprint("0123abcd")), key: key,
        filename: "démo 1.tgz", lifetime: lifetime))
  }

  /// What curl shows: head and body. The link travels by standard input, where nobody else reads it.
  private func fetch(_ url: String, _ options: String...) async throws -> String {
    try await Program.run(
      "curl", ["-s", "-i", "-m", "20", "-K", "-"],
      input: (options + ["url = \"\(url)\""]).joined(separator: "\n")
    ).output
  }
}
