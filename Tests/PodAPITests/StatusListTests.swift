import BundleModel
import BundleStore
import Persistence
import Postgres
import TestSupport
import Testing
import Wire

@testable import PodAPI

@Suite("The status list, kept up to date by the feed")
struct StatusListTests {
  /// The list as one statement reads it.
  private func direct(_ pod: StoredPod) async throws -> String {
    String(decoding: WireStatus.list(try await pod.store.servedStatuses().statuses, publicURL: nil), as: UTF8.self)
  }

  private func served(_ list: StatusList) async throws -> String {
    String(decoding: try await list.served().body, as: UTF8.self)
  }

  @Test("After any change it is, byte for byte, what reading everything gives")
  func equal() async throws {
    try await StoredPod.with { pod in
      let list = StatusList(PodReads(pod.store), publicURL: nil)
      #expect(try await served(list) == #"{"data":{"statuses":[]}}"#)
      var random = SeededRandom(seed: 2026)
      for turn in 0..<60 {
        let slug = "b\(Int.random(in: 0..<8, using: &random))"
        let change =
          switch Int.random(in: 0..<10, using: &random) {
          case 0: "delete from example_bundle_status where slug = '\(slug)'"
          case 1 where turn % 7 == 0: "truncate example_bundle_status"
          // At one moment: then the name decides.
          case 2: "update example_bundle_status set message = '\(turn)', updated_at = now()"
          case 3:
            """
            insert into example_bundle_artifacts (id, slug, fingerprint, checksum, storage_kind, storage_key)
            values ('a-\(turn)', '\(slug)', 'f\(turn)', 'c\(turn)', 's3', 'k\(turn)');
            update example_bundle_status set artifact_id = 'a-\(turn)' where slug = '\(slug)'
            """
          case 4: "update example_bundle_artifacts set verification = 'missing', verified_at = now()"
          default:
            """
            insert into example_bundle_status (slug, fingerprint, stage, state, message, updated_at)
            values ('\(slug)', 'f', 'queued', 'queued', 'turn \(turn)', clock_timestamp())
            on conflict (slug) do update set message = excluded.message, updated_at = excluded.updated_at
            """
          }
        _ = try await pod.database.psql(change)
        let body = try await served(list)
        #expect(try await direct(pod) == body, "turn \(turn): \(change)")
      }
    }
  }

  @Test("Whoever asks sees what was committed before, however many ask at once")
  func fresh() async throws {
    try await StoredPod.with { pod in
      let list = StatusList(PodReads(pod.store), publicURL: nil)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for asker in 0..<8 {
          group.addTask {
            for turn in 0..<10 {
              let name = "asker-\(asker)-\(turn)"
              _ = try await pod.store.enqueue(Slug(name)!, by: "test")
              let text = try await served(list)
              #expect(text.contains("\"\(name)\""))
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await direct(pod) == served(list))
    }
  }

  @Test("Every answer names the snapshot of its own reading, also when nothing has changed")
  func snapshot() async throws {
    try await StoredPod.with { pod in
      let list = StatusList(PodReads(pod.store), publicURL: nil)
      let first = try await list.served()
      _ = try await pod.database.psql("select pg_current_xact_id()")
      let second = try await list.served()
      #expect(first.body == second.body && first.tag == second.tag)
      #expect(first.snapshot != second.snapshot)
    }
  }
}
