import BundleModel
import Testing

@testable import ArtifactStorage

@Suite("Keys that look like archives")
struct KeyShapeTests {
  private static let tree = String(repeating: "0f", count: 20)
  private static let hash = String(repeating: "c4", count: 32)

  @Test(
    "Ours and AppHub's are told from other people's objects",
    arguments: [
      ("wave/\(hash)/0123456789abcdef/wave-1.0.tgz", "", true), ("wave/\(tree)/wave-1.0.tgz", "", true),
      ("wave/\(hash)/wave-1.0.tgz", "", true), ("wave/f1/0123456789abcdef/wave.tgz", "", true),
      ("pre/fix/wave/\(hash)/0123456789abcdef/a.tgz", "pre/fix", true),
      ("wave/\(hash)/0123456789abcdef/a.tgz", "pre/fix", false),
      ("pre/fixes/wave/\(hash)/0123456789abcdef/a.tgz", "pre/fix", false),
      ("pre/wave/\(hash)/0123456789abcdef/a.tgz", "", false), ("docs/guide/index.html", "", false),
      ("wave/\(hash)/0123456789abcdeg/a.tgz", "", false), ("wave/\(hash)/0123456789ABCDEF/a.tgz", "", false),
      ("wave/\(hash)/a", "", false), ("Wave/\(hash)/a.tgz", "", false), ("wave//\(hash)/a.tgz", "", false),
      (".bundletop-doctor/\(hash)/0123456789abcdef/a.tgz", "", false), ("a.tgz", "", false), ("", "", false),
      ("wave/\(hash)/a b.tgz", "", false), ("wave/\(hash)/é.tgz", "", false), ("-wave/\(hash)/a.tgz", "", false),
    ])
  func shapes(key: String, prefix: String, isArchive: Bool) {
    #expect(ArtifactKey.isArchive(key, below: prefix) == isArchive)
  }

  @Test("Every key that we or AppHub would make is one, whatever the names")
  func everyKeyOfOurs() throws {
    for name in ["wave", "Über/..", "..", "a b", "-x-", "{}", "日本"] {
      let slug = try #require(Slug(name))
      let checksum = try #require(Checksum(hex: Self.hash))
      for prefix in ["", "/p/q/"] {
        for filename in [nil, "x.tgz", "..", "a.tar.gz", "no-extension", ".tgz"] {
          let fingerprint = try #require(Fingerprint(Self.hash))
          let ours = ArtifactKey.ours(
            prefix: prefix, slug: slug, fingerprint: fingerprint, checksum: checksum, filename: filename)
          #expect(ArtifactKey.isArchive(ours, below: prefix), "\(ours)")
          let legacy = ArtifactKey.legacy(prefix: prefix, slug: slug, fingerprint: fingerprint, filename: filename)
          #expect(ArtifactKey.isArchive(legacy, below: prefix), "\(legacy)")
        }
      }
    }
  }
}
