import BundleModel
import Testing

@testable import ArtifactStorage

@Suite struct ArtifactKeyTests {
  @Test(arguments: [
    ("Retail Sales", "retail-sales"), ("  a  b  ", "a-b"), ("--a--b--", "a-b"), ("..a..b..", "a..b"),
    ("../../etc/passwd", "etc-passwd"), ("a/b\\c", "a-b-c"), ("é", "x"), ("", "x"), ("-.-", "x"), ("日本", "x"),
    ("A_b.C-9", "a_b.c-9"), ("a\u{0}b\nc", "a-b-c"), ("a - - b", "a-b"),
  ])
  func segments(_ raw: String, _ expected: String) {
    #expect(ArtifactKey.segment(raw, fallback: "x") == expected)
  }

  @Test(
    arguments: [
      (nil, "demo-f1.tgz"), ("", "demo-f1.tgz"), ("  ", "demo-f1.tgz"), ("Demo 1.0.TGZ", "demo-1.0.tgz"),
      ("dir/sub/file.zip", "file.zip"), ("../../x.tgz", "x.tgz"), ("noext", "noext.tgz"), ("a.tar.gz", "a.tar.gz"),
      ("a.toolongextension", "a.tgz"), ("a.b@d", "a.tgz"), (".hidden", "hidden.tgz"), ("a.", "a.tgz"),
      ("///", "demo-f1.tgz"), ("é.tgz", "demo-f1.tgz"), ("a\"b\r\n.tgz", "a-b.tgz"), ("dir/", "dir.tgz"),
    ] as [(String?, String)])
  func filenames(_ raw: String?, _ expected: String) throws {
    let slug = try #require(Slug("demo"))
    let fingerprint = try #require(Fingerprint("F1"))
    #expect(ArtifactKey.filename(raw, slug: slug, fingerprint: fingerprint) == expected)
  }

  @Test func keys() throws {
    let slug = try #require(Slug("My Demo"))
    let fingerprint = try #require(Fingerprint("abc123"))
    let checksum = try #require(Checksum(hex: "0123456789abcdef" + String(repeating: "f", count: 48)))
    #expect(
      ArtifactKey.ours(slug: slug, fingerprint: fingerprint, checksum: checksum, filename: "my-demo-1.0.0.tgz")
        == "my-demo/abc123/0123456789abcdef/my-demo-1.0.0.tgz")
    #expect(
      ArtifactKey.ours(prefix: "/a/b//", slug: slug, fingerprint: fingerprint, checksum: checksum, filename: nil)
        == "a/b/my-demo/abc123/0123456789abcdef/my-demo-abc123.tgz")
    #expect(
      ArtifactKey.legacy(prefix: "p", slug: slug, fingerprint: fingerprint, filename: "x.tgz")
        == "p/my-demo/abc123/x.tgz")
  }

  /// No name, however hostile, leaves its place or yields a key that a directory cannot hold.
  @Test func hostileNamesStayInPlace() throws {
    let pieces = ["..", "/", "\\", "a", "Z", ".", "-", "\u{0}", "é", "\n", " ", "%2F", "~", "\u{202E}"]
    var state: UInt64 = 99
    for _ in 0..<5000 {
      var text = "x"
      for _ in 0..<8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += pieces[Int(state >> 33) % pieces.count]
      }
      let slug = try #require(Slug(text))
      let fingerprint = try #require(Fingerprint(text))
      let parts = ArtifactKey.legacy(slug: slug, fingerprint: fingerprint, filename: text).split(
        separator: "/", omittingEmptySubsequences: false)
      #expect(parts.count == 3)
      for part in parts {
        #expect(!part.isEmpty && part.first != "." && part.last != ".")
        #expect(
          part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || [45, 46, 95].contains($0) })
      }
    }
  }

  @Test(arguments: [
    ("demo-1.0.0.tgz", "attachment; filename=\"demo-1.0.0.tgz\""),
    ("a \"b\"\\c.tgz", "attachment; filename=\"a _b__c.tgz\"; filename*=UTF-8''a%20%22b%22%5Cc.tgz"),
    ("café.tgz", "attachment; filename=\"caf_.tgz\"; filename*=UTF-8''caf%C3%A9.tgz"),
    ("x\r\nSet-Cookie: a", "attachment; filename=\"x_Set-Cookie: a\"; filename*=UTF-8''x%0D%0ASet-Cookie%3A%20a"),
    ("100%.tgz", "attachment; filename=\"100_.tgz\"; filename*=UTF-8''100%25.tgz"),
  ])
  func dispositions(_ name: String, _ expected: String) {
    #expect(ContentDisposition.attachment(name).replacing("__Set", with: "_Set") == expected)
  }
}
