import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("HOT updates", .serialized)
struct HotUpdateTests {
  private struct Updates {
    var all: Int
    var hot: Int
  }

  /// The updates of a table, once the server's counters know of at least `count`.
  private func updates(of table: String, atLeast count: Int, _ fixture: StoreFixture) async throws -> Updates {
    try await eventually("\(count) updates of \(table) are counted") {
      // What other backends did is reported when they are idle for a second, or end: asked for by name here.
      let row = try await fixture.sql(
        "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = $1", [.text(table)]
      ).first
      return Updates(all: try row?.decode(at: 0) ?? 0, hot: try row?.decode(at: 1) ?? 0)
    } until: {
      $0.all >= count
    }
  }

  @Test("Renewals and progress touch no index")
  func renewalsAndProgress() async throws {
    // A database of its own, for the server's counters are not emptied with the tables.
    try await StoreFixture.with(connections: 1, changesSchema: true) { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      for step in 1...200 {
        let progress = Progress(stage: .packaging, message: "\(step)", bytesDone: Int64(step), bytesTotal: 200)
        #expect(try await fixture.store.report(progress, for: claim))
        #expect(try await fixture.store.renew([claim]) == [claim])
      }
      await fixture.store.close()
      let jobs = try await updates(of: "example_bundle_jobs", atLeast: 201, fixture)
      let statuses = try await updates(of: "example_bundle_status", atLeast: 201, fixture)
      #expect(jobs.all - jobs.hot <= 4, "\(jobs)")
      #expect(statuses.all - statuses.hot <= 4, "\(statuses)")
    }
  }
}
