import BundleModel
import TestSupport
import Testing

@testable import BundleStore

@Suite("A pod that falls silent while it publishes")
struct SilentPublisherTests {
  /// It holds the lock of the object, and nobody may have to wait for its connection to be given up.
  @Test("It holds others up no longer than its lease") func letsGo() async throws {
    var settings = StoreFixture.times
    settings.lease = .seconds(2)
    settings.stopAfter = .milliseconds(1500)
    settings.renewEvery = .milliseconds(500)
    try await StoreFixture.with(settings: settings, connections: 3) { fixture in
      let sleeper = try await fixture.claim("a", by: fixture.worker("pod-a"))
      let (awake, alarm) = AsyncStream<Never>.makeStream()
      let sleeping = Task {
        try await fixture.store.complete(sleeper, publication("a")) { for await _ in awake {} }
      }
      try await eventually("it sleeps in its transaction") {
        try await fixture.value(
          """
          select count(*) from pg_stat_activity
           where datname = current_database() and state = 'idle in transaction'
          """, as: Int.self) == 1
      }
      try await fixture.expire(sleeper.job)
      let next = try await fixture.claimQueued("a", by: fixture.worker("pod-b"))
      // The same bytes, and so the same object: it is what both would publish.
      #expect(try await fixture.store.complete(next, publication("a")) {} == .ended(.completed))
      alarm.finish()
      await #expect(throws: StoreError.self) { try await sleeping.value }
      #expect(try await fixture.store.attempts(of: "a").map(\.outcome) == [.completed, .lost])
    }
  }
}
