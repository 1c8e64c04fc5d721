import BundleModel
import Glibc
import LegacyStore
import TestSupport
import Testing

@Suite("A look into a legacy directory")
struct LegacyScanTests {
  private static func status(_ slug: String, _ updated: String = "2025-01-02T03:04:05.678Z") -> String {
    LegacyFixture.text(slug, ["updatedAt": "\"\(updated)\""])
  }

  @Test("statuses are read from files and the older map; the file's name wins, slugs are normalised")
  func entries() throws {
    let folder = try TemporaryDirectory()
    _ = try folder.makeFolder("status")
    _ = try folder.write(Self.status("other"), to: "status/Alpha.json")
    _ = try folder.write("{\"updatedAt\": 5}", to: "status/delta.json")
    _ = try folder.write(Self.status("beta", "2025-01-02T03:04:05"), to: "status/epsilon.json")
    _ = try folder.write(Self.status("beta"), to: "status/beta.json")
    _ = try folder.write("{\"k\": \(Self.status(" Gamma ")), \"l\": 3}", to: "status.json")
    let scan = try #require(LegacyDirectory(path: folder.path).scan())
    let found = scan.entries.sorted { $0.slug < $1.slug }
    #expect(found.map(\.slug.text) == ["alpha", "beta", "gamma"])
    #expect(found.map(\.path) == ["status/Alpha.json", "status/beta.json", "status.json#k"])
    #expect(found.map { $0.updatedAt?.iso8601 } == Array(repeating: "2025-01-02T03:04:05.678Z", count: 3))
    #expect(scan.unreadable == 3 && !scan.isCut && !scan.hasArchives && scan.isReadable)
  }

  @Test("what is no status counts as unreadable, and leads nowhere")
  func unreadable() throws {
    let folder = try TemporaryDirectory()
    _ = try folder.makeFolder("status")
    let secret = try folder.write(Self.status("elsewhere"), to: "secret")
    #expect(symlink(secret, "\(folder.path)/status/link.json") == 0)
    #expect(mkfifo("\(folder.path)/status/pipe.json", 0o600) == 0)
    _ = try folder.write("{", to: "status/broken.json")
    _ = try folder.write("[]", to: "status/array.json")
    _ = try folder.write(String(repeating: " ", count: 300_000) + "{}", to: "status/large.json")
    for name in [".hidden.json", "a.json.tmp", "readme"] { _ = try folder.write("x", to: "status/\(name)") }
    let scan = try #require(LegacyDirectory(path: folder.path).scan())
    #expect(scan.entries.isEmpty && scan.unreadable == 5)
  }

  @Test("no more is read than the limit")
  func limit() throws {
    let folder = try TemporaryDirectory()
    _ = try folder.makeFolder("status")
    for number in 0..<30 { _ = try folder.write(Self.status("s"), to: "status/s\(number).json") }
    let scan = try #require(LegacyDirectory(path: folder.path).scan(limit: 10))
    #expect(scan.entries.count == 10 && scan.isCut)
    #expect(LegacyDirectory(path: folder.path).scan(limit: 30)?.isCut == false)
  }

  @Test("archives are seen, unless the folder is the live store under any name")
  func archives() throws {
    let folder = try TemporaryDirectory()
    let archives = try folder.makeFolder("artifacts")
    _ = try folder.write("", to: "artifacts/.keep")
    let directory = LegacyDirectory(path: folder.path)
    #expect(directory.scan()?.hasArchives == false)
    _ = try folder.write("", to: "artifacts/a.tgz")
    #expect(directory.scan()?.hasArchives == true)
    #expect(symlink(archives, "\(folder.path)/live") == 0)
    for live in [archives, archives + "/", "\(folder.path)/live"] {
      #expect(directory.scan(liveStore: live)?.hasArchives == false)
    }
    #expect(directory.scan(liveStore: folder.path)?.hasArchives == true)
  }

  @Test("a folder that is not there is nothing, a file or a missing status folder is no trouble")
  func absent() throws {
    let folder = try TemporaryDirectory()
    #expect(LegacyDirectory(path: folder.path + "/gone").scan() == nil)
    #expect(LegacyDirectory(path: try folder.write("", to: "file")).scan() == nil)
    #expect(LegacyDirectory(path: folder.path).scan() == LegacyScan())
    _ = try folder.write("", to: "status")
    #expect(LegacyDirectory(path: folder.path).scan()?.isReadable == false)
  }
}
