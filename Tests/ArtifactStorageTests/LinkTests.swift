import BundleModel
import S3
import TestSupport
import Testing

@testable import ArtifactStorage

@Suite struct LinkTests {
  let slug = Slug("demo")!
  let fingerprint = Fingerprint("0123abcd")!
  let key = "demo/0123abcd/0123456789abcdef/demo.tgz"

  /// Someone without credentials fetches the same bytes under the promised name.
  @Test func s3LinkWorksWithCurl() async throws {
    let test = try await StoreUnderTest(.s3)
    try await test.put("the archive", key: key)
    let link = try test.store.signedURL(
      LinkRequest(slug: slug, fingerprint: fingerprint, key: key, filename: "démo 1.tgz"))
    let result = try await Program.run(
      "curl", ["-s", "-i", "-m", "20", "-K", "-"], input: "url = \"\(link.url.reveal())\"\n")
    #expect(result.output.hasPrefix("HTTP/1.1 200"))
    #expect(result.output.hasSuffix("the archive"))
    let head = result.output.lowercased()
    #expect(
      head.contains("content-disposition: attachment; filename=\"d_mo 1.tgz\"; filename*=utf-8''d%c3%a9mo%201.tgz"))
    #expect(head.contains("content-type: application/gzip"))
  }

  @Test func s3LinkIsForThePublicHost() async throws {
    var environment = try await TestObjectStore.create().environment
    environment["APPHUB_BUNDLE_STORAGE_PUBLIC_ENDPOINT"] = "https://files.example"
    let store = try StorageSettings(environment: environment).make()
    let link = try store.signedURL(LinkRequest(slug: slug, fingerprint: fingerprint, key: key))
    #expect(link.url.reveal().hasPrefix("https://files.example/"))
    #expect(link.url.reveal().contains("X-Amz-Expires=300"))
  }

  @Test func localLinkIsARelativeRoute() throws {
    let secret = Secret(Array("local secret".utf8))
    let store = LocalArtifactStore(
      root: "/dev/null/none", signingSecret: secret, now: { Timestamp(iso8601: "2026-01-02T03:04:05.678Z")! })
    let link = try store.signedURL(
      LinkRequest(
        slug: Slug("a b")!, fingerprint: fingerprint, key: key, filename: "d é.tgz", lifetime: .seconds(60)))
    let expires: Int64 = 1_767_323_105_678
    let token = LocalDownloadToken(ring: LinkKeyRing(plain: secret)).token(
      LocalLink(slug: Slug("a b")!, fingerprint: fingerprint, key: key, expiresMilliseconds: expires))
    #expect(
      link.url.reveal() == "/examples/bundles/a%20b/fingerprints/0123abcd/download?expires=\(expires)"
        + "&token=\(token.reveal())&filename=d%20%C3%A9.tgz")
    #expect(link.expiresAt.microseconds == expires * 1000)
  }
}
