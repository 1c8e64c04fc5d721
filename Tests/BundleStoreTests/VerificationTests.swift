import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Verification", .serialized)
struct VerificationTests {
  private func published(_ slug: Slug, _ fixture: StoreFixture) async throws -> Artifact {
    let claim = try await fixture.claim(slug, by: fixture.worker())
    _ = try await fixture.store.complete(claim, publication(slug))
    return try #require(try await fixture.store.latestArtifact(of: slug))
  }

  private let audit = """
    select who, slug, result, detail ->> 'reason', detail ->> 'key' is not null
      from example_bundle_operations where what = 'verify' order by id
    """
  private let last = "select source, op, slug, is_progress from example_bundle_events order by seq desc limit 1"

  @Test("A result is seen by every reader at once; what is wrong is in the audit with its reason")
  func recorded() async throws {
    try await StoreFixture.with { fixture in
      let artifact = try await published("a", fixture)
      #expect(artifact.verification == .match)
      let (_, cursor) = try await fixture.store.snapshot()
      let actual = Checksum(digest: [UInt8](repeating: 9, count: 32))
      #expect(
        try await fixture.store.recordVerification(
          artifact, .mismatch, reason: "other bytes\u{1B}[2J", actual: actual, by: "ann") == .recorded)
      guard case .changes(let rows, _, _) = try await fixture.store.changes(since: cursor) else {
        Issue.record("the feed shows no change")
        return
      }
      let seen = try #require(rows.first?.artifact)
      #expect(seen.verification == .mismatch)
      #expect(try #require(seen.verifiedAt) > artifact.verifiedAt!)
      #expect(try await fixture.lines(last) == ["artifact|update|a|f"])
      #expect(try await fixture.lines(audit).map { $0.contains("\u{1B}") } == [false])
      #expect(try await fixture.lines(audit).first?.hasPrefix("ann|a|mismatch|other bytes") == true)
      let finding = try #require(try await fixture.store.finding(of: seen))
      #expect(finding.who == "ann" && finding.result == .mismatch)
      #expect(finding.reason?.hasPrefix("other bytes") == true)

      // The same again changes nothing but the time, a match needs no word in the audit.
      #expect(try await fixture.store.recordVerification(seen, .mismatch, by: "ann") == .recorded)
      #expect(try await fixture.lines(last) == ["artifact|update|a|t"])
      let again = try #require(try await fixture.store.latestArtifact(of: "a"))
      #expect(try await fixture.store.recordVerification(again, .match, by: "ann") == .recorded)
      #expect(try await fixture.lines(last) == ["artifact|update|a|f"])
      #expect(try await fixture.lines(audit).count == 2)
      let good = try #require(try await fixture.store.latestArtifact(of: "a"))
      #expect(good.verification == .match)
      #expect(try await fixture.store.finding(of: good) == nil)
    }
  }

  @Test(
    "A verdict about an object that the row does not name any more is refused",
    arguments: [
      "checksum = 'other'", "storage_key = 'other'", "storage_kind = 'local'", "size = 11",
      "uploaded_at = clock_timestamp()", "verified_at = clock_timestamp()", "verified_at = null",
    ])
  func compareAndSet(change: String) async throws {
    try await StoreFixture.with { fixture in
      let artifact = try await published("a", fixture)
      try await fixture.sql("update example_bundle_artifacts set \(change)")
      let before = try await TableDump.read(fixture.raw)
      #expect(try await fixture.store.recordVerification(artifact, .missing, by: "ann") == .changed)
      let after = try await TableDump.read(fixture.raw)
      #expect(before == after, "\(before.difference(after))")
    }
  }

  @Test("Of two looks at one object the second to end is refused; of a row that is gone none is kept")
  func lateAndGone() async throws {
    try await StoreFixture.with { fixture in
      let artifact = try await published("a", fixture)
      #expect(try await fixture.store.recordVerification(artifact, .match, by: "ann") == .recorded)
      #expect(try await fixture.store.recordVerification(artifact, .missing, by: "ben") == .changed)
      try await fixture.sql("delete from example_bundle_artifacts")
      #expect(try await fixture.store.recordVerification(artifact, .match, by: "ann") == .gone)
    }
  }

  @Test("An AppHub row without a size or a time of verification is recorded, too")
  func nulls() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.sql(
        """
        insert into example_bundle_artifacts (id, slug, fingerprint, checksum, storage_kind, storage_key)
        values ('x', 'old', 'f', 'c', 's3', 'k')
        """)
      let artifact = try #require(try await fixture.store.artifacts().first)
      #expect(try await fixture.store.recordVerification(artifact, .missing, by: "ann") == .recorded)
      #expect(try await fixture.store.latestArtifact(of: "old")?.verification == .missing)
    }
  }

  @Test("Pages of any size bring every artifact once", arguments: [1, 2, 3, 7, 1000])
  func pages(size: Int) async throws {
    try await StoreFixture.with { fixture in
      try await fixture.sql(
        """
        insert into example_bundle_artifacts (id, slug, fingerprint, checksum, storage_kind, storage_key, uploaded_at)
        select s || f, s, f, 'c', 's3', 'k', now() - (f || ' seconds')::interval
          from unnest(array['a', 'B', 'b-c', 'ä', 'z z']) s, generate_series(1, 3) f
        """)
      let all = try await fixture.store.artifacts(pageSize: size)
      #expect(all.count == 15)
      #expect(Set(all.map(\.id)).count == 15)
      let named = try await fixture.store.artifacts(of: ["a", "ä", "none"], pageSize: size)
      #expect(named.count == 6)
      #expect(Set(named.map(\.slug)) == ["a", "ä"])
      let latest = try await fixture.store.artifacts(latestOnly: true, pageSize: size)
      #expect(latest.map(\.fingerprint.text) == ["1", "1", "1", "1", "1"])
      try await fixture.sql(
        """
        insert into example_bundle_status (slug, fingerprint, stage, state, artifact_id)
        values ('a', '3', 'completed', 'completed', 'a3')
        """)
      let pointed = try await fixture.store.artifacts(of: ["a"], latestOnly: true, pageSize: size)
      #expect(pointed.map(\.id) == ["a3"])
    }
  }

  @Test("Only what a verification can say is taken", arguments: ["'good'", "''", "null"])
  func nonsense(word: String) async throws {
    try await StoreFixture.with { fixture in
      let artifact = try await published("a", fixture)
      do {
        try await fixture.sql(
          """
          select bundletop_record_verification(id, checksum, storage_kind, storage_key, size, uploaded_at, verified_at,
            \(word), 'ann', '{}') from example_bundle_artifacts
          """)
        Issue.record("taken: \(word)")
      } catch let error as PostgresError {
        #expect(error.sqlState == "22023")
      }
      #expect(try await fixture.store.latestArtifact(of: "a") == artifact)
    }
  }
}
