import LegacyStore
import TestSupport
import Testing

@Suite("Legacy directories")
struct LegacyDirectoryTests {
  @Test("Status files are counted, everything else is not")
  func counts() throws {
    let folder = try TemporaryDirectory()
    #expect(LegacyDirectory(path: folder.path).countStatusFiles() == .files(0, orMore: false))
    _ = try folder.makeFolder("status")
    for name in ["a.json", "b.json", ".hidden.json", "c.json.uuid.tmp", "notes.txt"] {
      _ = try folder.write("{}", to: "status/\(name)")
    }
    #expect(LegacyDirectory(path: folder.path).countStatusFiles() == .files(2, orMore: false))
    _ = try folder.write("{}", to: "status.json")
    #expect(LegacyDirectory(path: folder.path).countStatusFiles() == .files(3, orMore: false))
    #expect(LegacyDirectory(path: folder.path).countStatusFiles(limit: 2) == .files(2, orMore: true))
  }

  @Test("A folder that is not there holds nothing")
  func absent() throws {
    let folder = try TemporaryDirectory()
    #expect(LegacyDirectory(path: folder.path + "/gone").countStatusFiles() == .absent)
  }

  @Test("Settings win over AppHub's places, the catalog's over the core's")
  func find() throws {
    let root = try TemporaryDirectory()
    #expect(LegacyDirectory.find(environment: [:]) == nil)
    #expect(LegacyDirectory.find(environment: ["APPHUB_REPO_ROOT": root.path]) == nil)
    for service in ["core", "catalog"] {
      for folder in ["services", "services/\(service)", "services/\(service)/data"] {
        _ = try? root.makeFolder(folder)
      }
      let path = try root.makeFolder("services/\(service)/data/example-bundles")
      #expect(LegacyDirectory.find(environment: ["APPHUB_REPO_ROOT": root.path])?.path == path)
    }
    let named = ["APPHUB_REPO_ROOT": root.path, "APPHUB_BUNDLE_LEGACY_DIR": "/elsewhere"]
    #expect(LegacyDirectory.find(environment: named)?.path == "/elsewhere")
  }
}
