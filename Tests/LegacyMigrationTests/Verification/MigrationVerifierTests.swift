import ArtifactStorage
import BundleModel
import BundleStore
import LegacyMigration
import LegacyStore
import TestSupport
import Testing

@Suite("Files, rows and objects against each other")
struct MigrationVerifierTests {
  private static func words(_ report: VerificationReport) -> [String] {
    report.differences.map { "\($0.kind.rawValue) \($0.slug)" }
  }

  @Test("Nothing differs after a run; before it, everything does")
  func moved() async throws {
    try await MovedHome.with { home in
      let source = try home.source()
      for slug in ["a", "b", "c"] { try home.write(slug, in: source) }
      try home.write("f", .failed, in: source, error: "bad\u{1B}[2J")
      try home.write("r", .packaging, in: source)
      let before = try await home.verify(source)
      #expect(Self.words(before) == ["a", "b", "c", "f", "r"].map { "missing-row \($0)" })
      _ = try await home.run(source)
      for deep in [false, true] {
        let after = try await home.verify(source, deep: deep)
        #expect(after.isClean, "\(after.differences) \(after.quarantined)")
        #expect(after.sources.map(\.statuses) == [5] && after.sources[0].same == 5)
        #expect(after.sources[0].archives == 3 && after.sources[0].stored == 3)
        #expect(after.rows == 5 && after.completed == 3 && after.artifacts == 3 && after.objects == 3)
        // Without a need, nothing is read twice.
        #expect((after.sources[0].bytesRead > 0) == deep && (after.bytesRead > 0) == deep)
      }
      let facts = try await home.store.rollout()
      #expect(facts.sources.map(\.differences) == [0] && facts.sources[0].verifiedAt != nil)
      let proved = try await home.store.provedFiles(of: "one", after: "")
      #expect(proved.count == 8 && proved.allSatisfy(\.isHeld))
    }
  }

  @Test("Each kind of damage done afterwards is found, by its name and nothing else")
  func damage() async throws {
    try await MovedHome.with { home in
      let source = try home.source()
      for slug in ["a", "b", "c", "d", "e", "f", "sound"] { try home.write(slug, in: source) }
      _ = try await home.run(source)
      try await home.database.psql(
        """
        delete from example_bundle_status where slug = 'a';
        update example_bundle_status set updated_at = updated_at - interval '1 second' where slug = 'b';
        update example_bundle_status set version = '9' where slug = 'c';
        update example_bundle_status set artifact_id = null where slug = 'd';
        """)
      let artifacts = try await home.store.artifacts()
      func key(_ slug: Slug) throws -> String { try #require(artifacts.first { $0.slug == slug }).storageKey }
      try await home.artifacts.delete(try key(Slug("e")!))
      try home.write("f", in: source, bytes: "other bytes of one moment")
      try home.write("g", in: source)
      let report = try await home.verify(source)
      #expect(
        Self.words(report) == [
          "no-artifact d", "object-missing e", "missing-row a", "older-row b", "other-fields c", "no-artifact d",
          "other-archive f", "missing-row g",
        ])
      #expect(report.quarantined == [])
      #expect(try await home.store.rollout().sources[0].differences == 8)
      // What is not proved now is not proved by what was found before.
      let proved = try await home.store.provedFiles(of: "one", after: "").map(\.path)
      #expect(proved.filter { $0.hasPrefix("status/") } == ["status/sound.json"])
      #expect(try await home.cutover().refusals.first?.contains("8 differences") == true)
    }
  }

  @Test("An object with other bytes is found by its size, or by reading it")
  func otherBytes() async throws {
    try await MovedHome.with { home in
      let source = try home.source()
      try home.write("a", in: source, bytes: "four")
      _ = try await home.run(source)
      let artifact = try #require(try await home.store.artifacts().first)
      try await home.artifacts.delete(artifact.storageKey)
      let other = try home.folder.write("FOUR", to: "other")
      _ = try await home.artifacts.put(
        file: other, key: artifact.storageKey, checksum: Claims.checksum("FOUR"), size: 4,
        contentType: "application/gzip", progress: nil)
      #expect(Self.words(try await home.verify(source, deep: true)) == ["object-mismatch a"])
    }
  }

  @Test("What could not be taken is in quarantine, and no difference")
  func quarantine() async throws {
    try await MovedHome.with { home in
      let source = try home.source()
      try home.write("a", in: source)
      var bad = try home.write("bad", in: source)
      bad.filename = "../../../../etc/passwd"
      try source.directory.write(bad)
      var mixed = try home.write("mixed", in: source)
      mixed.checksum = Claims.checksum("something else").hex
      try source.directory.write(mixed)
      try home.folder.write("{\"slug\":", to: "one/status/cut.json")
      _ = try await home.run(source)
      let report = try await home.verify(source)
      #expect(report.differences == [])
      #expect(Set(report.quarantined.compactMap(\.slug?.text)) == ["bad", "cut", "mixed"])
      #expect(report.sources[0].quarantined == report.quarantined.count)
      let refused = try await home.cutover()
      #expect(refused.refusals.count == 1 && refused.refusals[0].contains("--accept-quarantine"))
      #expect(try await home.cutover(acceptsQuarantine: true).hasChanged)
      let operations = try await home.store.operations(what: "migrate cutover")
      #expect(operations.map(\.who) == ["ann", "ann"])
      #expect(operations.map { $0.result.hasPrefix("refused: ") } == [false, true])
    }
  }

  @Test("Several directories that disagree: losers are superseded, and nothing differs")
  func several() async throws {
    try await MovedHome.with { home in
      let (one, two) = (try home.source("one"), try home.source("two"))
      try home.write("a", in: one, at: 5)
      try home.write("a", in: two, bytes: "older", fingerprint: "f0")
      try home.write("same", in: one)
      try home.write("same", in: two)
      // The same moment and inputs, other bytes: the one that was named first counts.
      try home.write("tie", in: one, bytes: "first")
      try home.write("tie", in: two, bytes: "second")
      try home.write("only", in: two)
      _ = try await home.run(one, two)
      let report = try await home.verify(one, two)
      #expect(report.isClean, "\(report.differences) \(report.quarantined)")
      #expect(report.sources.map(\.superseded) == [0, 2])
      // The archive that nobody took is not proved: clean will keep it.
      let proved = try await home.store.provedFiles(of: "two", after: "").map(\.path)
      #expect(!proved.contains { $0.hasPrefix("artifacts/tie/") } && proved.contains("status/tie.json"))
      #expect(proved.contains { $0.hasPrefix("artifacts/a/f0/") })
    }
  }

  @Test("A row that is written meanwhile is compared again, with what is there by then")
  func meanwhile() async throws {
    try await MovedHome.with { home in
      let source = try home.source()
      for number in 0..<20 { try home.write("s\(number)", in: source) }
      _ = try await home.run(source)
      // The file is newer than the snapshot that is read first; its row comes while files are read.
      let store = home.store
      let verifier = MigrationVerifier(store: store, artifacts: home.artifacts, deep: false, host: "h")
      try home.write("s3", .failed, in: source, at: 1000, error: "later")
      let database = home.database
      let report = try await verifier.verify([source]) { progress in
        guard progress.phase == "reading", progress.done == 1 else { return }
        let written = Task {
          try await database.psql(
            """
            update example_bundle_status set stage = 'failed', state = 'failed', error = 'later', artifact_id = null,
              updated_at = updated_at + interval '1 second' where slug = 's3'
            """)
        }
        Blocking.wait(for: written)
      }
      #expect(report.isClean, "\(report.differences)")
    }
  }

  @Test("A file of its own counts, not the member of the older map beside it")
  func shadowed() async throws {
    try await MovedHome.with { home in
      let source = try home.source()
      try home.write("a", in: source)
      let member = """
        {"slug": "%", "fingerprint": "f9", "stage": "failed", "state": "failed", "error": "e",
         "createdAt": "2020-01-01T00:00:00.000Z", "updatedAt": "2030-01-01T00:00:00.000Z"}
        """
      let members = ["a", "m"].map { "\"\($0)\": " + member.replacing("%", with: $0) }.joined(separator: ",")
      try home.folder.write("{\(members)}", to: "one/status.json")
      _ = try await home.run(source)
      let report = try await home.verify(source)
      #expect(report.isClean, "\(report.differences) \(report.quarantined)")
      #expect(report.sources[0].statuses == 3 && report.sources[0].superseded == 1)
    }
  }
}
