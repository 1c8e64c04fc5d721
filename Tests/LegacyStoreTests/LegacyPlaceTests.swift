import BundleModel
import Glibc
import Hashing
import LegacyStore
import TestSupport
import Testing

@Suite("Archives on their way into AppHub's directory, and out of it")
struct LegacyPlaceTests {
  private let fixture: LegacyFixture
  private var directory: LegacyDirectory { fixture.directory }
  private let slug = Slug("My Wave")!
  private let fingerprint = Fingerprint("F1")!
  private static let moment = Timestamp(microseconds: 1_600_000_000_123_456)
  private static let path = "artifacts/my-wave/f1/wave-1.tgz"

  init() throws { fixture = try LegacyFixture() }

  @discardableResult
  private func place(
    _ text: String, promising: String? = nil, write: ((borrowing ArchiveDraft) throws -> Void)? = nil
  ) throws -> PlacedArchive {
    let checksum = try #require(Checksum(digest: SHA256.digest(of: promising ?? text)))
    return try directory.place(
      archive: slug, fingerprint: fingerprint, filename: "dir/Wave 1.TGZ", modifiedAt: Self.moment,
      checksum: checksum
    ) { draft in
      if let write { try write(draft) } else { try draft.write(Array(text.utf8)) }
    }
  }

  @Test("it lies where AppHub's store puts it, with its time, and is found there")
  func placing() throws {
    let placed = try place("one")
    #expect(placed.isWritten && placed.setAside == nil && placed.archive.path == Self.path)
    #expect(LegacyDirectory.archivePath(slug: slug, fingerprint: fingerprint, filename: "Wave 1.TGZ") == Self.path)
    let status = LegacyStatus(
      slug: slug, fingerprint: fingerprint, stage: .completed, createdAt: Self.moment, updatedAt: Self.moment,
      filename: "Wave 1.TGZ")
    #expect(directory.archive(of: status) == .found(placed.archive))
    #expect(placed.archive.modifiedAt == Self.moment && placed.archive.size == 3 && placed.archive.place == 1)
  }

  @Test("the same bytes are left alone; other ones are kept beside, however often it goes to and fro")
  func otherBytes() throws {
    try place("one")
    let again = try place("one") { _ in Issue.record("written again") }
    #expect(!again.isWritten)
    let second = try place("two")
    let mark = try #require(Checksum(digest: SHA256.digest(of: "one"))).hex.prefix(16)
    #expect(second.setAside == "\(Self.path).superseded-\(mark)")
    #expect(try fixture.folder.read("old/\(Self.path)") == "two")
    try place("one")
    try place("two")
    #expect(try fixture.folder.read("old/\(Self.path)") == "two")
    #expect(try FileNames.of(directory.path + "/artifacts/my-wave/f1").count == 3)
    #expect(try fixture.folder.read("old/\(Self.path).superseded-\(mark)") == "one")
  }

  @Test("what is not as promised, or fails half way, changes nothing and leaves nothing")
  func failures() throws {
    struct Trouble: Error {}
    try place("one")
    let wrong = #expect(throws: LegacyError.self) { try place("xyz", promising: "two") }
    #expect(wrong?.kind == .integrity)
    #expect(throws: Trouble.self) {
      try place("two") { draft in
        try draft.write([1, 2, 3])
        throw Trouble()
      }
    }
    #expect(try FileNames.of(directory.path + "/artifacts/my-wave/f1") == ["wave-1.tgz"])
    #expect(try fixture.folder.read("old/\(Self.path)") == "one")
  }

  @Test("an archive has no name before it is whole: whoever is killed leaves nothing behind")
  func nameless() throws {
    try place("two") { draft in
      try draft.write(Array("two".utf8))
      #expect(try FileNames.of(directory.path + "/artifacts/my-wave/f1").isEmpty)
    }
    #expect(try FileNames.of(directory.path + "/artifacts/my-wave/f1") == ["wave-1.tgz"])
  }

  @Test("bytes come from a buffer, from a file, or by the path of the open one")
  func ways() throws {
    let source = try fixture.folder.write(String(repeating: "x", count: 700_000), to: "source")
    try place(String(repeating: "x", count: 700_000)) { try $0.copy(contentsOf: source) }
    #expect(try fixture.folder.read("old/\(Self.path)").utf8.count == 700_000)
    try place("by path") { draft in
      let file = try #require(fopen(draft.path, "we"))
      fputs("by path", file)
      fclose(file)
    }
    #expect(try fixture.folder.read("old/\(Self.path)") == "by path")
  }

  @Test(
    "a link anywhere on the way is refused", arguments: ["artifacts", "artifacts/my-wave", "artifacts/my-wave/f1"])
  func links(_ place: String) throws {
    let outside = try fixture.folder.makeFolder("outside")
    try fixture.folder.makeFolder("old/" + place.split(separator: "/").dropLast().joined(separator: "/"))
    #expect(symlink(outside, "\(directory.path)/\(place)") == 0)
    let error = #expect(throws: LegacyError.self) { try self.place("one") }
    #expect(error?.kind == .unsafe)
    #expect(try FileNames.of(outside).isEmpty)
  }

  @Test("no name leads out of its folder")
  func hostileNames() throws {
    for (slug, fingerprint, filename) in [
      ("../..", "..", "../../x"), ("/etc", "/", "/etc/passwd"), (".", ".", "."), ("é", "\u{0}", "\u{0}"),
    ] {
      try directory.place(
        archive: Slug(slug)!, fingerprint: Fingerprint(fingerprint)!, filename: filename, modifiedAt: Self.moment,
        checksum: Checksum(digest: SHA256.digest(of: "x"))!
      ) { try $0.write([0x78]) }
    }
    #expect(try FileNames.of(fixture.folder.path) == ["old"])
    #expect(try FileNames.of(directory.path) == ["artifacts", "status"])
  }

  @Test("only exactly the file that was looked at is removed, then the folders that hold nothing")
  func removing() throws {
    try fixture.write(LegacyFixture.text(), to: "status/alpha.json")
    try place("one")
    try fixture.write("", to: "artifacts/.keep/x")
    try fixture.folder.makeFolder("old/empty/deeper")
    #expect(symlink("empty", directory.path + "/link") == 0)
    let file = try fixture.entry().file
    for change in ["path", "size", "time"] {
      var other = file
      switch change {
      case "path": other.path = "status/beta.json"
      case "size": other.size += 1
      default: other.modifiedAt = Timestamp(microseconds: other.modifiedAt.microseconds + 1)
      }
      #expect(try !directory.remove(other))
    }
    #expect(try directory.remove(file))
    #expect(try !directory.remove(file))
    for path in ["../x", "/etc/passwd", "status/../../x", "status.json#a/../../b"] {
      var other = file
      other.path = path
      let error = #expect(throws: LegacyError.self) { try directory.remove(other) }
      #expect(error?.kind == .invalid)
    }
    try directory.removeEmptyFolders()
    #expect(try FileNames.of(directory.path) == ["artifacts", "link"])
    #expect(try FileNames.of(directory.path + "/artifacts") == [".keep", "my-wave"])
  }
}
