import Postgres
import TestSupport
import Testing

@testable import BundleStore

/// Rows are read from left to right: a statement that named its columns in another order would put one text in the
/// place of another, and nothing would fail.
@Suite("Rows and statements", .serialized)
struct RowTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var name: String
    var sql: String
    var columns: [String]

    init(_ name: String, _ sql: String, _ columns: [String]) {
      self.name = name
      self.sql = sql
      self.columns = columns
    }

    var testDescription: String { name }

    /// One null for each of `$1`, `$2` and so on.
    var parameters: [Parameter] {
      let last = (1...20).last { sql.contains("$\($0)") } ?? 0
      return Array(repeating: .null, count: last)
    }
  }

  static let examples = [
    Example("artifacts", SQLText.artifacts, ArtifactRow.columns),
    Example("cached_artifact", SQLText.cachedArtifact, ArtifactRow.columns),
    Example("latest_artifact", SQLText.latestArtifact, ArtifactRow.columns),
    Example("gc_retirable", SQLText.gcRetirable, ArtifactRow.columns),
    Example("statuses", SQLText.statuses, StatusRow.columns),
    Example("changed_statuses", SQLText.changedStatuses, ["next", "stale", "slug"] + StatusRow.columns),
    Example("served_statuses", SQLText.servedStatuses, ["snapshot"] + StatusRow.columns),
    Example("event_page", SQLText.eventPage, ["verdict", "origin"] + EventRow.columns),
    Example("event_back", SQLText.eventBack, PositionRow.columns + ["origin", "is_standby"]),
    Example("attempts", SQLText.attempts, AttemptRow.columns),
    Example("claim", SQLText.claim, ClaimRow.columns),
    Example("renew", SQLText.renew, HeldRow.columns),
    Example("held", SQLText.held, HeldRow.columns),
    Example("gc_marks", SQLText.gcMarks, LeftoverMarkRow.columns),
    Example("operations", SQLText.operations, OperationRow.columns),
    Example("pauses", SQLText.pauses, PauseRow.columns),
    Example("pods", SQLText.pods, PodRow.columns),
  ]

  @Test("Each statement names its columns as its reader takes them", arguments: examples)
  func columns(example: Example) async throws {
    try await StoreFixture.with { fixture in
      let columns = try await fixture.sql(example.sql, example.parameters).columns
      #expect(columns == example.columns)
    }
  }
}
