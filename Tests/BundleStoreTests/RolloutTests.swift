import BundleModel
import Postgres
import Testing

@testable import BundleStore

@Suite("Where reads come from, and what is proved")
struct RolloutTests {
  @Test("Reads come from directories until somebody switches them; each try is on record")
  func switching() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      #expect(try await store.rollout() == RolloutFacts())
      let refused = try await store.switchReads(.cutover, by: "ann") { _ in ["not yet", "nor then"] }
      #expect(refused == SwitchAnswer(refusals: ["not yet", "nor then"], hasChanged: false))
      #expect(try await store.rollout().switched == nil)
      #expect(try await store.switchReads(.cutover, by: "ann") { _ in [] }.hasChanged)
      #expect(try await store.switchReads(.cutover, by: "bob") { _ in [] }.hasChanged == false)
      let facts = try await store.rollout()
      #expect(facts.reads == .database && facts.switched?.by == "ann")
      #expect(try await fixture.value("select value from bundletop_control where key = 'reads.from'") == "database")
      #expect(try await store.switchReads(.cutback, by: "cid") { $0.reads == .database ? [] : ["?"] }.hasChanged)
      #expect(try await store.rollout().reads == .directory)
      let recorded = try await store.operations().map { "\($0.what) by \($0.who): \($0.result)" }
      #expect(
        recorded == [
          "migrate cutback by cid: reads come from the directory",
          "migrate cutover by bob: reads came from the database already",
          "migrate cutover by ann: reads come from the database", "migrate cutover by ann: refused: not yet",
        ])
    }
  }

  @Test("Whoever decides second decides by what the first one did")
  func together() async throws {
    try await StoreFixture.with(connections: 4) { fixture in
      let store = fixture.store
      for _ in 0..<10 {
        async let there = store.switchReads(.cutover, by: "a") { $0.reads == .directory ? [] : ["no"] }
        async let again = store.switchReads(.cutover, by: "b") { $0.reads == .directory ? [] : ["no"] }
        let answers = try await [there, again]
        #expect(answers.count { $0.hasChanged } == 1 && answers.count { !$0.refusals.isEmpty } == 1)
        _ = try await store.switchReads(.cutback, by: "c") { _ in [] }
      }
    }
  }

  @Test("Pods and directories are told as they are known")
  func facts() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      try await fixture.sql(
        """
        insert into example_bundle_pods (owner, name, version, persistence, store, concurrency, legacy_dir, source,
                                         unmigrated, following, last_seen, stopped_at)
        values (gen_random_uuid(), 'a', 'v', 'dual', 's', 1, '/d', 'one', 3, 'in step', now(), null),
               (gen_random_uuid(), 'gone', 'v', 'database', 's', 1, null, null, null, null, now() - interval '1 hour',
                null),
               (gen_random_uuid(), 'stopped', 'v', 'database', 's', 1, null, null, null, null, now(), now())
        """)
      try await store.note("one", path: "/d", host: "h", step: nil)
      try await store.note("one", path: "/moved", host: "h2", step: .ran)
      try await store.note("two", path: "/e", host: "h", step: .exported)
      let facts = try await store.rollout()
      #expect(
        facts.pods.map { "\($0.name) \($0.mode) \($0.isLive)" } == [
          "a dual true", "gone database false", "stopped database false",
        ])
      #expect(
        facts.pods[0].following == "in step" && facts.pods[0].unmigrated == 3 && facts.pods[0].source == "one")
      #expect(facts.sources.map(\.id) == ["one", "two"] && facts.sources[0].path == "/moved")
      #expect(
        facts.sources[0].ranAt != nil && facts.sources[0].plannedAt == nil && facts.sources[0].exportedAt == nil)
      #expect(facts.sources[1].exportedAt != nil && facts.sources[1].host == "h")
    }
  }

  private static func record(_ path: String, _ bytes: UInt8 = 1) -> JournalEntry {
    JournalEntry(
      source: "one", path: path, kind: .status, size: 7, modifiedAt: Timestamp(microseconds: 1_700_000_000_123_457),
      checksum: Checksum(digest: [UInt8](repeating: bytes, count: 32)), slug: "a", outcome: .known)
  }

  @Test("What one look proved is proved no more when the next one begins")
  func proof() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      try await fixture.sql(
        "insert into example_bundle_status (slug, fingerprint, stage, state) values ('a', 'f', 'failed', 'failed')")
      try await store.beginVerify("one", path: "/d", host: "h")
      #expect(try await store.rollout().sources[0].verifiedAt == nil)
      try await store.noteVerified([Self.record("status/a.json"), Self.record("status/b.json")], of: "one")
      try await store.endVerify("one", differences: 0, quarantined: 4)
      let source = try await store.rollout().sources[0]
      #expect(source.verifiedAt != nil && source.differences == 0 && source.quarantined == 4)
      let proved = try await store.provedFiles(of: "one", after: "")
      #expect(proved.map(\.path) == ["status/a.json", "status/b.json"])
      #expect(proved[0].modifiedAt.microseconds == 1_700_000_000_123_457 && proved[0].isHeld)
      #expect(try await store.provedFiles(of: "one", after: "status/a.json").count == 1)
      #expect(try await store.provedFiles(of: "two", after: "") == [])
      try await store.beginVerify("one", path: "/d", host: "h")
      #expect(try await store.provedFiles(of: "one", after: "") == [])
      #expect(try await store.rollout().sources[0].differences == nil)
    }
  }

  @Test("A file keeps what was said of it, until it is another file")
  func journalKept() async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      var taken = Self.record("status/a.json")
      taken.outcome = .taken
      taken.reason = "archive not found at migration"
      var bad = Self.record("status/b.json")
      bad.outcome = .quarantined
      bad.reason = "it broke"
      try await store.journal([taken, bad])
      let look = "select outcome, reason from example_bundle_migrations order by path"
      try await store.noteVerified([Self.record("status/a.json"), Self.record("status/b.json")], of: "one")
      #expect(try await fixture.lines(look) == ["taken|archive not found at migration", "known|"])
      try await store.noteVerified([Self.record("status/a.json", 2)], of: "one")
      #expect(try await fixture.lines(look) == ["known|", "known|"])
    }
  }
}
