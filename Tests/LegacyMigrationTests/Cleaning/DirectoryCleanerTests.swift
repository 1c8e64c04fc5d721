import BundleModel
import BundleStore
import LegacyMigration
import LegacyStore
import TestSupport
import Testing

@Suite("Removing what was proved")
struct DirectoryCleanerTests {
  @Test("All that was proved goes and nothing else, and a second time there is nothing to do")
  func clean() async throws {
    try await MovedHome.with { home in
      let source = try home.source()
      for slug in ["a", "b", "changed"] { try home.write(slug, in: source) }
      try home.write("f", .failed, in: source)
      try home.folder.write("not JSON", to: "one/status/bad.json")
      try home.folder.write("notes", to: "one/artifacts/README")
      _ = try await home.run(source)
      _ = try await home.verify(source)
      await #expect(throws: MigrationError.self) { try await home.clean(source) }
      #expect(try await home.cutover(acceptsQuarantine: true).refusals == [])
      // Written since: another status, and an archive of the same size.
      try home.write("changed", in: source, at: 1)
      try home.write("late", in: source)
      let before = try await home.files(source)
      let look = try await home.clean(source, apply: false)
      #expect(try await home.files(source) == before)
      #expect(look.statuses == 3 && look.archives == 3 && !look.isApplied)

      let done = try await home.clean(source)
      #expect(done.statuses == 3 && done.archives == 3 && done.bytes == look.bytes)
      #expect(
        done.kept.map(\.path) == [
          "artifacts/README", "artifacts/late/f1/late-1.0.0.tgz", "status/bad.json", "status/changed.json",
          "status/late.json",
        ])
      #expect(
        try await home.files(source) == [
          "artifacts/README", "artifacts/late/f1/late-1.0.0.tgz", "status/bad.json", "status/changed.json",
          "status/late.json",
        ])
      #expect(TestFile.exists("\(source.directory.path)/.bundletop-source"))
      #expect(!TestFile.exists("\(source.directory.path)/artifacts/a"))
      let audit = try #require(try await home.store.operations(what: "migrate clean").first)
      #expect(audit.who == "ann" && audit.result.hasPrefix("removed 3 status files and 3 archives"))
      #expect(try await home.store.rollout().sources[0].cleanedAt != nil)
      let again = try await home.clean(source)
      #expect(again.removed == 0)
    }
  }

  @Test("An archive with other bytes of the same size and time stays, and so does one that nothing proves any more")
  func kept() async throws {
    try await MovedHome.with { home in
      let source = try home.source()
      for slug in ["a", "b", "c"] { try home.write(slug, in: source) }
      _ = try await home.run(source)
      _ = try await home.verify(source)
      _ = try await home.cutover()
      let path = "\(source.directory.path)/artifacts/a/f1/a-1.0.0.tgz"
      let touched = try await Program.run("/usr/bin/stat", ["-c", "%y", path])
      try TestFile.overwrite(path, at: 0, with: Array("X".utf8))
      let moment = String(touched.output.split(separator: "\n")[0])
      _ = try await Program.run("/usr/bin/touch", ["-d", moment, path])
      try await home.database.psql("delete from example_bundle_status where slug = 'b'")
      let done = try await home.clean(source)
      #expect(
        done.kept.map { "\($0.path): \($0.reason)" } == [
          "artifacts/a/f1/a-1.0.0.tgz: its bytes are not those that were proved",
          "status/b.json: the database does not hold what proved it any more",
        ])
      #expect(try await home.files(source) == ["artifacts/a/f1/a-1.0.0.tgz", "status/b.json"])
    }
  }

  @Test("The older map goes when all of it was proved")
  func map() async throws {
    try await MovedHome.with { home in
      let source = try home.source()
      let member = """
        "%": {"slug": "%", "fingerprint": "f9", "stage": "failed", "state": "failed", "error": "e",
         "createdAt": "2020-01-01T00:00:00.000Z", "updatedAt": "2024-01-01T00:00:00.000Z"}
        """
      let good = ["x", "y"].map { member.replacing("%", with: $0) }.joined(separator: ",")
      try home.folder.write("{\(good), \"z\": 5}", to: "one/status.json")
      _ = try await home.run(source)
      _ = try await home.verify(source)
      _ = try await home.cutover(acceptsQuarantine: true)
      #expect(try await home.clean(source).kept.map(\.path).sorted() == ["status.json", "status.json#z"])
      #expect(try await home.files(source) == ["status.json"])
      try home.folder.write("{\(good)}", to: "one/status.json")
      _ = try await home.run(source)
      _ = try await home.verify(source)
      #expect(try await home.clean(source).kept == [])
      #expect(try await home.files(source) == [])
    }
  }
}
