import BundleModel
import Postgres
import Testing

@testable import BundleStore

@Suite("Triggers", .serialized)
struct TriggerTests {
  private let events = """
    select source, op, slug, fingerprint, state, attempt, pod, is_foreign, is_progress
      from example_bundle_events order by seq
    """

  @Test("One event for each change, none where nothing changed, a tombstone for a deletion")
  func eventPerChange() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.sql(
        "insert into example_bundle_status (slug, fingerprint, stage, state, attempt, pod) values ('a', 'f', 'queued', 'queued', 1, 'p')"
      )
      try await fixture.sql("update example_bundle_status set stage = stage, message = message")
      try await fixture.sql("update example_bundle_status set stage = 'packaging', state = 'running'")
      try await fixture.sql("delete from example_bundle_status")
      #expect(
        try await fixture.lines(events) == [
          "status|insert|a|f|queued|1|p|f|f", "status|update|a|f|running|1|p|f|f",
          "status|delete|a|f|running|1|p|f|f",
        ])
    }
  }

  @Test("A renamed row leaves a tombstone under its old name")
  func rename() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.sql(
        "insert into example_bundle_status (slug, fingerprint, stage, state, attempt) values ('a', 'f', 'queued', 'queued', 1)"
      )
      let (_, cursor) = try await fixture.store.snapshot()
      try await fixture.sql("update example_bundle_status set slug = 'b'")
      guard case .changes(let rows, let removed, _) = try await fixture.store.changes(since: cursor) else {
        Issue.record("no changes")
        return
      }
      #expect(rows.map(\.slug) == ["b"])
      #expect(removed == ["a"])
    }
  }

  @Test(
    "Only bytes, message and times are progress",
    arguments: [
      ("message = 'm'", true), ("bytes_done = 1, bytes_total = 2", true), ("updated_at = clock_timestamp()", true),
      ("stage_started_at = clock_timestamp()", true), ("stage = 'resolving'", false), ("error = 'e'", false),
      ("state = 'running'", false), ("fingerprint = 'g'", false), ("attempt = 2", false), ("pod = 'q'", false),
      ("version = '1'", false), ("checksum = 'c'", false), ("filename = 'n'", false), ("cached = true", false),
      ("job_id = 'j', attempt = 3", false), ("message = 'm', error = 'e'", false),
    ])
  func progress(change: String, isProgress: Bool) async throws {
    try await StoreFixture.with { fixture in
      try await fixture.sql(
        "insert into example_bundle_status (slug, fingerprint, stage, state, attempt) values ('a', 'f', 'queued', 'queued', 1)"
      )
      try await fixture.sql("update example_bundle_status set \(change)")
      let last = "select is_progress from example_bundle_events order by seq desc limit 1"
      #expect(try await fixture.value(last) == isProgress)
    }
  }

  @Test("TRUNCATE of either table asks every reader to read again")
  func truncate() async throws {
    try await StoreFixture.with { fixture in
      let (_, cursor) = try await fixture.store.snapshot()
      #expect(try await fixture.store.changes(since: cursor) == .unchanged)
      try await fixture.sql("truncate example_bundle_status")
      #expect(try await fixture.store.changes(since: cursor) == .resync)
      let (_, later) = try await fixture.store.snapshot()
      #expect(try await fixture.store.changes(since: later) == .unchanged)
      try await fixture.sql("truncate example_bundle_artifacts cascade")
      #expect(try await fixture.store.changes(since: later) == .resync)
      let ops =
        "select string_agg(source || ' ' || op, ',' order by source) from (select distinct source, op from example_bundle_events) e"
      #expect(try await fixture.value(ops) == "artifact resync,status resync")
    }
  }

  @Test("A write of AppHub's pods takes our columns away and is flagged; a write of ours is not")
  func foreign() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.report(Progress(stage: .packaging, bytesDone: 1, bytesTotal: 2), for: claim)
      #expect(try await fixture.value("select bool_or(is_foreign) from example_bundle_events") == false)
      try await AppHubWriter(connection: fixture.raw).status(
        "a", fingerprint: "theirs", stage: "packaging", state: "running")
      let row = try #require(try await fixture.status("a"))
      #expect(row.jobID == "a")
      #expect(row.attempt == nil && row.pod == nil && row.bytesDone == nil && row.bytesTotal == nil)
      #expect(row.stageStartedAt == nil)
      let last = "select is_foreign, attempt from example_bundle_events order by seq desc limit 1"
      #expect(try await fixture.lines(last) == ["t|"])
    }
  }

  @Test("A row that a program of ours moves in without an attempt is not foreign", arguments: [true, false])
  func announced(isOurs: Bool) async throws {
    try await StoreFixture.with { fixture in
      try await fixture.raw.transaction { raw in
        if isOurs { _ = try await raw.query("select set_config('bundletop.writer', 'on', true)") }
        _ = try await raw.query(
          "insert into example_bundle_status (slug, fingerprint, stage, state) values ('a', 'f', 'failed', 'failed')"
        )
      }
      #expect(try await fixture.value("select is_foreign from example_bundle_events") == !isOurs)
    }
  }

  @Test("Our next progress after a foreign completion leaves no mixed row")
  func progressAfterForeign() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker("pod-a"))
      try await AppHubWriter(connection: fixture.raw).complete(
        "a", fingerprint: "theirs", checksum: String(repeating: "a", count: 64))
      #expect(try await fixture.store.report(Progress(stage: .packaging), for: claim))
      let row = try #require(try await fixture.status("a"))
      #expect(row.state == .running)
      #expect(row.jobID == claim.job.text)
      #expect(row.attempt == 1)
      #expect(row.pod == "pod-a")
      #expect(row.version == nil && row.checksum == nil && row.filename == nil && row.artifact == nil)
      #expect(row.completedAt == nil && row.cached == nil)
    }
  }

  @Test(
    "An artifact that names other bytes loses its verification, any other change keeps it",
    arguments: [
      ("checksum = 'other'", false), ("storage_key = 'other'", false), ("size = 1", false), ("size = null", false),
      ("uploaded_at = now()", true), ("version = '9'", true),
      ("checksum = 'other', verified_at = now(), verification = 'mismatch'", true),
    ])
  func artifact(change: String, keeps: Bool) async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.complete(claim, publication("a"))
      try await fixture.sql("update example_bundle_artifacts set verified_at = now() - interval '1 hour'")
      try await fixture.sql("update example_bundle_artifacts set \(change)")
      let kept = "select verified_at is not null and verification is not null from example_bundle_artifacts"
      #expect(try await fixture.value(kept) == keeps)
    }
  }

  @Test("A change of an artifact brings its bundle's row to the reader")
  func artifactInFeed() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.complete(claim, publication("a"))
      let (_, cursor) = try await fixture.store.snapshot()
      try await fixture.sql("update example_bundle_artifacts set verification = 'mismatch'")
      guard case .changes(let rows, _, let next) = try await fixture.store.changes(since: cursor) else {
        Issue.record("no changes")
        return
      }
      #expect(rows.first?.artifact?.verification == .mismatch)
      try await fixture.sql("delete from example_bundle_artifacts")
      guard case .changes(let later, _, _) = try await fixture.store.changes(since: next) else {
        Issue.record("no changes")
        return
      }
      #expect(later.first?.artifact == nil)
    }
  }
}
