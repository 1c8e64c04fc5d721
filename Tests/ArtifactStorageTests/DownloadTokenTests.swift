import BundleModel
import S3
import TestSupport
import Testing

@testable import ArtifactStorage

@Suite struct DownloadTokenTests {
  private static let expires: Int64 = 1_767_323_045_678
  private static let link = LocalLink(
    slug: Slug("demo")!, fingerprint: Fingerprint("0123abcd")!,
    key: "demo/0123abcd/0123456789abcdef/demo.tgz", expiresMilliseconds: expires)
  private static let named: LocalLink = {
    var renamed = Self.link
    renamed.filename = "demo 1.tgz"
    return renamed
  }()

  private static func token(_ secret: String) throws -> LocalDownloadToken {
    LocalDownloadToken(ring: try LinkKeyRing(Secret(secret)))
  }

  private static let plain = LocalDownloadToken(ring: LinkKeyRing(plain: Secret(Array("local secret".utf8))))

  private static func verdict(
    _ checker: LocalDownloadToken, _ token: String, _ link: LocalLink = named, now: Int64 = 0
  ) -> LocalDownloadToken.Verdict {
    checker.verdict(token, link, now: Timestamp(microseconds: now))
  }

  /// Every single change of what a link says.
  private static func changes(of link: LocalLink) -> [LocalLink] {
    var changed = [link, link, link, link]
    changed[0].slug = Slug("other")!
    changed[1].fingerprint = Fingerprint("0123abce")!
    changed[2].key += "x"
    changed[3].expiresMilliseconds += 1
    return changed
  }

  /// As AppHub's code makes it: checked against Python's hmac once.
  @Test func contractForm() throws {
    let text = Self.plain.token(Self.named).reveal()
    #expect(text == "4fdb99e9cdfe44dd3a83374e54c4cc07da9019189651473674b2dc9a034c40e7")
    #expect(text == Self.plain.token(Self.link).reveal(), "the file name is not covered")
    for token in [text, text.uppercased()] {
      #expect(Self.verdict(Self.plain, token) == .valid(coversFilename: false))
    }
    #expect(Self.verdict(Self.plain, text, now: 1_767_323_045_677_999) == .valid(coversFilename: false))
    #expect(Self.verdict(Self.plain, text, now: 1_767_323_045_678_000) == .refused, "expired")
    for link in Self.changes(of: Self.named) { #expect(Self.verdict(Self.plain, text, link) == .refused) }
    let wrong = ["", "00", String(text.dropLast()), text + "00", "zz", "." + text, text + ".", "k." + text]
    for token in wrong { #expect(Self.verdict(Self.plain, token) == .refused) }
    let zeros = String(repeating: "0", count: 64)
    for token in [zeros, "." + zeros, String(repeating: "0", count: 5000)] {
      #expect(Self.verdict(Self.plain, token) == .refused)
    }
  }

  /// As Python's hmac makes it, too: `hmac.new(b"first-key-of-ring", text, "sha256")`.
  @Test func ringForm() throws {
    let ring = try Self.token("k1:first-key-of-ring,k2:second-key-of-ring")
    let text = ring.token(Self.named).reveal()
    #expect(text == "k1.34b29fbdfb8679ab72f1634f3f8377330fa5a0c0a577f31803a04d1925a1951f")
    #expect(Self.verdict(ring, text) == .valid(coversFilename: true))
    #expect(Self.verdict(ring, text, now: Self.expires * 1000) == .refused, "expired")
    var renamed = Self.named
    renamed.filename = "evil.exe"
    for link in Self.changes(of: Self.named) + [renamed, Self.link] {
      #expect(Self.verdict(ring, text, link) == .refused)
    }
    for token in [
      String(text.dropFirst(3)), "k2" + text.dropFirst(2), "k3" + text.dropFirst(2), "K1" + text.dropFirst(2),
    ] {
      #expect(Self.verdict(ring, token) == .refused)
    }
    // A combining accent behind the dot.
    #expect(Self.verdict(ring, "k1.\u{301}" + text.dropFirst(3)) == .refused)
  }

  /// No two links have one text, whatever stands in their fields.
  @Test func fieldsCannotBeShifted() throws {
    let ring = try Self.token("k1:first-key-of-ring")
    var one = Self.link
    var other = Self.link
    one.key = "a\n1:b"
    one.filename = "c"
    other.key = "a"
    other.filename = "b\nc"
    #expect(ring.token(one).reveal() != ring.token(other).reveal())
  }

  /// Old first, then new first, then old gone: a link always works until its time, and then no longer.
  @Test func rotation() throws {
    let steps = [
      "a:the-older-key-here", "a:the-older-key-here,b:the-newer-key-here",
      "b:the-newer-key-here,a:the-older-key-here",
    ]
    .map { try! Self.token($0) }
    for signer in steps {
      for checker in steps.dropFirst() {
        #expect(Self.verdict(checker, signer.token(Self.named).reveal()) == .valid(coversFilename: true))
      }
    }
    #expect(Self.verdict(steps[0], steps[2].token(Self.named).reveal()) == .refused)
    let last = try Self.token("b:the-newer-key-here")
    #expect(Self.verdict(last, steps[0].token(Self.named).reveal()) == .refused)
    #expect(Self.verdict(last, steps[2].token(Self.named).reveal()) == .valid(coversFilename: true))
  }

  /// Links that AppHub signed with the secret that is one of the ring now, or with the whole text.
  @Test func contractLinksOfARing() throws {
    let text = "k1:first-key-of-ring,k2:second-key-of-ring"
    let ring = try Self.token(text)
    for secret in ["first-key-of-ring", "second-key-of-ring", text] {
      let apphub = LocalDownloadToken(ring: LinkKeyRing(plain: Secret(Array(secret.utf8))))
      #expect(Self.verdict(ring, apphub.token(Self.named).reveal()) == .valid(coversFilename: false))
    }
  }

  @Test(arguments: [
    ("plain secret of some length", []), ("with:colon,but not,everywhere", []), ("k:0123456789abcdef", ["k"]),
    ("a:0123456789abcdef,b:0123456789abcdef", ["a", "b"]),
    ("a:0123456789abcdef\n\nb:0123456789abcdef\r\n", ["a", "b"]),
    (" a:0123456789abcdef , b:0123456789abcdef ", ["a", "b"]), ("a b:0123456789abcdef", []),
    (":0123456789abcdef", []),
    ("a:with:colons:0123456789", ["a"]), ("é:0123456789abcdef", []), ("aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=", []),
    (String(repeating: "k", count: 33) + ":0123456789abcdef", []),
  ])
  func rings(_ text: String, _ expected: [String]) throws {
    #expect(try LinkKeyRing(Secret(text)).keys.map(\.id) == expected)
  }

  @Test func tooManyKeys() throws {
    let keys = { (count: Int) in (0..<count).map { "k\($0):0123456789abcdef" }.joined(separator: ",") }
    #expect(try LinkKeyRing(Secret(keys(16))).keys.count == 16)
    #expect(throws: LinkKeyRing.Malformed.self) { try LinkKeyRing(Secret(keys(17))) }
  }

  /// A ring in a file is replaced without a restart; a broken one changes nothing.
  @Test func ringFile() async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("a:the-older-key-here\n", to: "ring")
    let settings = try StorageSettings(environment: [
      "APPHUB_BUNDLE_STORAGE_ROOT": directory.path, "APPHUB_BUNDLE_STORAGE_SIGNING_SECRET_FILE": file,
    ])
    #expect(settings.warnings.isEmpty)
    let store = try #require(settings.make() as? LocalArtifactStore)
    let sign = {
      try store.signedURL(LinkRequest(slug: Self.link.slug, fingerprint: Self.link.fingerprint, key: Self.link.key))
        .url
        .reveal()
    }
    #expect(try sign().contains("token=a."))
    try directory.write("b:short\n", to: "ring")
    try directory.write("b:the-newer-key-here\na:the-older-key-here\n", to: "ring")
    try await eventually("the new key signs") { try sign().contains("token=b.") }
  }
}
