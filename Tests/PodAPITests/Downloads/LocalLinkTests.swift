import ArtifactStorage
import BundleModel
import TestSupport
import Testing

@testable import PodAPI

@Suite("Signed links to a directory's archives")
struct LocalLinkTests {
  typealias Fixture = DownloadFixture
  private static let refused = #"{"error":"invalid or expired download token"}"#

  /// A link that one pod signed, and another pod of the same store.
  private func link(
    _ fixture: DownloadFixture, ring: String? = nil
  ) throws -> (link: String, other: Router) {
    let secret = Secret(ring ?? DownloadFixture.secret)
    func store() throws -> LocalArtifactStore {
      LocalArtifactStore(root: fixture.folder.path + "/store", keys: LinkKeySource(try LinkKeyRing(secret)))
    }
    let request = LinkRequest(
      slug: Slug("demo")!, fingerprint: Fingerprint("f1")!, key: fixture.key("demo"), filename: "a b.tgz")
    return (try store().signedURL(request).url.reveal(), fixture.pod(artifacts: try store()))
  }

  @Test("a link of one pod opens the archive at the others, without a token of the caller's")
  func opens() async throws {
    try await Fixture.with(.directory) { fixture in
      try await fixture.add("demo", Fixture.bytes(1000))
      for ring in [nil, "k1:0123456789abcdef0123456789abcdef"] {
        let (link, other) = try link(fixture, ring: ring)
        let answer = await fixture.ask(link, as: [:], of: other)
        #expect(answer.status == 200 && answer.body == Fixture.bytes(1000))
        #expect(answer.headers["content-disposition"] == "attachment; filename=\"a b.tgz\"")
        let part = await fixture.ask(link, headers: ["range": "bytes=1-2"], as: [:], of: other)
        #expect(part.status == 206 && part.body == Array(Fixture.bytes(1000)[1...2]))
        #expect(await fixture.ask(link, .head, as: [:], of: other).headers["content-length"] == "1000")
      }
    }
  }

  @Test("what is wrong with a link is told as AppHub tells it")
  func refusals() async throws {
    try await Fixture.with(.directory) { fixture in
      try await fixture.add("demo", [1, 2, 3])
      try await fixture.add("other", [1, 2, 3])
      let (link, pod) = try link(fixture, ring: "k1:0123456789abcdef0123456789abcdef")
      let token = try #require(link.split(separator: "token=").last?.prefix { $0 != "&" })
      let expires = try #require(link.split(separator: "expires=").last?.prefix { $0 != "&" })
      let rows: [(String, Int, String)] = [
        (link.replacing("/demo/", with: "/other/"), 403, Self.refused),
        (link.replacing("a%20b", with: "evil"), 403, Self.refused),
        (link.replacing(token, with: "k1." + String(repeating: "0", count: 64)), 403, Self.refused),
        (link.replacing(token, with: ""), 403, Self.refused),
        (link.replacing(expires, with: expires + "0"), 403, Self.refused),
        (link.replacing(expires, with: "1"), 403, Self.refused),
        (link.replacing(expires, with: "soon"), 400, #"{"error":"invalid expires value"}"#),
        (link.replacing(expires, with: "99999999999999999999"), 400, #"{"error":"invalid expires value"}"#),
        (
          link.replacing("expires=\(expires)&", with: ""), 400,
          #"{"error":{"formErrors":[],"fieldErrors":{"expires":["Required"]}}}"#
        ),
        (
          link.replacing("token=\(token)&", with: ""), 400,
          #"{"error":{"formErrors":[],"fieldErrors":{"token":["Required"]}}}"#
        ),
        (
          link.replacing("a%20b.tgz", with: ""), 400,
          #"{"error":{"formErrors":[],"fieldErrors":{"filename":["String must contain at least 1 character(s)"]}}}"#
        ),
        (link.replacing("/f1/", with: "/f2/"), 404, #"{"error":"example bundle status not found"}"#),
      ]
      for (link, status, body) in rows {
        let answer = await fixture.ask(link, as: [:], of: pod)
        #expect(answer.status == status && answer.text == body, "\(status) \(body)")
      }
      let store = LocalArtifactStore(
        root: fixture.folder.path + "/store",
        keys: LinkKeySource(try LinkKeyRing(Secret("k1:0123456789abcdef0123456789abcdef"))))
      let later = fixture.pod(artifacts: store, later: .seconds(301))
      #expect(await fixture.ask(link, as: [:], of: later).text == Self.refused)
      let soon = fixture.pod(artifacts: store, later: .seconds(200))
      #expect(await fixture.ask(link, as: [:], of: soon).status == 200)
      // A pod with another secret.
      #expect(await fixture.ask(link, as: [:]).text == Self.refused)
    }
  }

  @Test("a bucket's archives have no such links")
  func bucket() async throws {
    try await Fixture.with(.bucket) { fixture in
      try await fixture.add("demo", [1, 2, 3])
      let answer = await fixture.ask(Fixture.path("demo", query: "expires=9999999999999&token=00"), as: [:])
      #expect(answer.status == 400)
      #expect(answer.text == #"{"error":"only local storage bundles can be downloaded via this endpoint"}"#)
    }
  }
}
