import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Which artifacts gc retires", .serialized)
struct RetirementTests {
  private let rule = RetirementRule(keep: 2, olderThan: .seconds(30 * 86_400))

  /// Publishes one artifact after the other, and lets so many days go by after each.
  private func publish(_ slug: Slug, _ fingerprints: [(name: String, days: Int)], _ fixture: StoreFixture)
    async throws
  {
    for (number, (name, days)) in fingerprints.enumerated() {
      let claim = try await fixture.claim(slug, by: fixture.worker())
      _ = try await fixture.store.complete(claim, publication(slug, fingerprint: name, bytes: UInt8(number + 1)))
      try await fixture.sql(
        """
        update example_bundle_artifacts set uploaded_at = uploaded_at - interval '\(days) days'
        """)
      try await fixture.sql(
        """
        update example_bundle_attempts
           set started_at = started_at - interval '\(days) days', ended_at = ended_at - interval '\(days) days'
        """)
    }
  }

  private func named(_ fixture: StoreFixture) async throws -> [String] {
    try await fixture.lines("select fingerprint from example_bundle_artifacts order by uploaded_at")
  }

  @Test("All but the newest, none that is young, and each is written into the audit")
  func retire() async throws {
    try await StoreFixture.with { fixture in
      try await publish("a", [("f1", 40), ("f2", 5), ("f3", 10), ("f4", 10), ("f5", 10)], fixture)
      // 75, 35, 30, 20 and 10 days ago.
      let gone = try await fixture.store.retirable(RetirementRule(keep: 2, olderThan: .seconds(33 * 86_400)))
      #expect(gone.map(\.fingerprint.text) == ["f2", "f1"])
      #expect(try await fixture.store.retirable(RetirementRule(keep: 4, olderThan: .zero)).count == 1)
      #expect(try await fixture.store.retirable(RetirementRule(keep: 0, olderThan: .zero)).count == 4)
      #expect(try await fixture.store.retirable(RetirementRule(keep: 1, olderThan: .seconds(90 * 86_400))) == [])

      for artifact in gone { #expect(try await fixture.store.retire(artifact, rule, by: "ann")) }
      #expect(try await named(fixture) == ["f3", "f4", "f5"])
      #expect(try await !fixture.store.retire(gone[0], rule, by: "ann"), "nothing is retired twice")
      let recorded = try await fixture.store.operations(of: "a", what: "retire")
      #expect(recorded.map { $0.detail["fingerprint"] } == ["f1", "f2"])
      #expect(recorded.allSatisfy { $0.who == "ann" && $0.detail["key"]?.hasPrefix("a/") == true })
      #expect(try await fixture.status("a")?.artifact?.fingerprint.text == "f5")
    }
  }

  @Test("What the status shows stays, however old; also while it is built again, and what was used lately")
  func inUse() async throws {
    try await StoreFixture.with { fixture in
      try await publish("a", [("f1", 40), ("f2", 40), ("f3", 40), ("f4", 40)], fixture)
      // Back to the first inputs: from the cache.
      let back = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.complete(back, publication("a", fingerprint: "f1", bytes: 1, cached: true))
      let one = RetirementRule(keep: 1, olderThan: .seconds(30 * 86_400))
      #expect(try await fixture.store.retirable(one).map(\.fingerprint.text) == ["f3", "f2"])

      // Long ago by now, and queued again: the status names no artifact, but the fingerprint.
      try await fixture.sql("update example_bundle_attempts set ended_at = ended_at - interval '40 days'")
      #expect(try await fixture.store.retirable(one).map(\.fingerprint.text) == ["f3", "f2"])
      _ = try await fixture.store.enqueue("a", by: "me")
      #expect(try await fixture.status("a")?.artifact == nil)
      #expect(try await fixture.store.retirable(one).map(\.fingerprint.text) == ["f3", "f2"])

      // Whoever uses it now keeps it.
      let now = try await fixture.claimQueued("a", by: fixture.worker())
      _ = try await fixture.store.report(
        Progress(stage: .resolving, fingerprint: Fingerprint("f3")), for: now)
      #expect(try await fixture.store.retirable(one).map(\.fingerprint.text) == ["f2", "f1"])
    }
  }

  @Test("A job that completes from the cache at that moment wins, and its status keeps its artifact")
  func besideACacheHit() async throws {
    try await StoreFixture.with(connections: 3) { fixture in
      try await publish("a", [("f1", 40), ("f2", 40), ("f3", 40)], fixture)
      let one = RetirementRule(keep: 1, olderThan: .seconds(30 * 86_400))
      let old = try #require(try await fixture.store.retirable(one).last)
      #expect(old.fingerprint.text == "f1")
      let claim = try await fixture.claim("a", by: fixture.worker())
      let made = publication("a", fingerprint: "f1", bytes: 1, cached: true)
      let (completing, isCompleting) = AsyncStream.makeStream(of: Void.self)
      let retired = Task {
        for await _ in completing {}
        return try await fixture.store.retire(old, one, by: "ann")
      }
      let other = try await fixture.connect()
      try await other.transaction { other in
        // What a pod's completion does, held open before its commit.
        try await other.query(
          SQLText.complete,
          [
            .text(claim.job.text), .integer(claim.attempt), .text(claim.owner.text), .text(made.fingerprint.text),
            .text(made.version), .text(made.checksum.hex), .text(made.filename), .text(made.storageKind.rawValue),
            .text(made.storageKey), .text(made.storageURL), .text(made.contentType), .integer(made.size),
            .boolean(true), .null, .null,
          ])
        isCompleting.finish()
        try await fixture.waitForLockWaiters(1)
      }
      await other.close()
      #expect(try await !retired.value)
      #expect(try await fixture.status("a")?.artifact?.id == old.id)
    }
  }
}
