import BundleModel
import LocalStack
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Idle poll", .serialized)
struct IdleProbeTests {
  @Test("An idle poll receives at most 200 bytes, whatever the number of bundles")
  func bytes() async throws {
    try await StoreFixture.with { fixture in
      try await fixture.sql(
        """
        insert into example_bundle_status (slug, fingerprint, stage, state)
        select 'slug-' || n, 'f', 'queued', 'queued' from generate_series(1, 2000) n
        """)
      let proxy = try CountingProxy(to: fixture.database.server.port)
      var settings = fixture.connection
      settings.hosts[0].port = proxy.port
      let store = BundleStore(settings, connections: 1)
      let (statuses, cursor) = try await store.snapshot()
      #expect(statuses.count == 2000)
      let clock = ContinuousClock()
      var spans: [Duration] = []
      let before = proxy.received
      for _ in 0..<100 {
        let begin = clock.now
        #expect(try await store.changes(since: cursor) == .unchanged)
        spans.append(clock.now - begin)
      }
      let perPoll = (proxy.received - before) / 100
      await store.close()
      proxy.stop()
      spans.sort()
      print("idle poll: \(perPoll) bytes received, p50 \(spans[50]), p95 \(spans[95])")
      #expect(perPoll > 0 && perPoll <= 200, "\(perPoll) bytes")
    }
  }
}
