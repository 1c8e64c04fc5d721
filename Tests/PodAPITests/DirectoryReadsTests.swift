import ArtifactStorage
import BundleModel
import BundleStore
import Glibc
import Hashing
import JSON
import LegacyStore
import Persistence
import Synchronization
import TestSupport
import Testing

@testable import PodAPI

@Suite("Answers from the pod's directory", .timeLimit(.minutes(5)))
struct DirectoryReadsTests {
  private static let list = "/examples/bundles/status"

  private static func ask(_ pod: StoredPod, _ target: String) async -> Answered {
    let headers: HeaderFields = ["authorization": "Bearer \(RouterFixture.readToken)"]
    return await Answered(await pod.router.answer(RouterFixture.request(.get, target, headers: headers)))
  }

  /// What somebody says who moves the reads of all pods.
  private static func readFrom(_ side: ReadSide, _ pod: StoredPod) async throws {
    _ = try await pod.database.psql(
      """
      insert into bundletop_control (key, value) values ('reads.from', '\(side)')
      on conflict (key) do update set value = excluded.value
      """)
  }

  /// A bundle that the directory and the database tell apart by its message.
  private static func fill(_ pod: StoredPod, isInDatabase: Bool = false) async throws {
    if !isInDatabase {
      _ = try await pod.database.psql(
        """
        insert into example_bundle_status (slug, fingerprint, stage, state, message)
        values ('demo', 'f', 'packaging', 'running', 'in the database')
        """)
    }
    let moment = Timestamp(microseconds: 1_700_000_000_000_000)
    try pod.directory.write(
      LegacyStatus(
        slug: Slug("demo")!, fingerprint: Fingerprint("f")!, stage: .packaging, createdAt: moment,
        updatedAt: moment,
        message: "in the directory"))
  }

  @Test("the list and the status of one bundle are those of the side that is read, and say so")
  func sides() async throws {
    try await StoredPod.with(mode: .dual) { pod in
      try await Self.fill(pod)
      let first = await Self.ask(pod, Self.list)
      #expect(first.status == 200 && first.headers["bundle-reads"] == "directory")
      #expect(first.text.contains("in the directory") && !first.text.contains("in the database"))
      #expect(first.headers["bundle-snapshot"].flatMap { DatabaseSnapshot($0) } != nil)
      #expect(first.headers["bundle-files-digest"]?.count == 64)
      #expect(await Self.ask(pod, "/job-imports/example/demo").text.contains("in the directory"))

      try await Self.readFrom(.database, pod)
      let second = await Self.ask(pod, Self.list)
      #expect(second.headers["bundle-reads"] == "database" && second.text.contains("in the database"))
      #expect(second.headers["bundle-files-digest"] == nil)
      #expect(await Self.ask(pod, "/job-imports/example/demo").text.contains("in the database"))

      try await Self.readFrom(.directory, pod)
      try await eventually(within: .seconds(60), "reads went back") {
        await Self.ask(pod, "/job-imports/example/demo").text.contains("in the directory")
      }
    }
  }

  @Test("reads move to and fro under load without an answer that fails")
  func flips() async throws {
    try await StoredPod.with(mode: .dual) { pod in
      try await Self.fill(pod)
      let targets = [Self.list, "/job-imports/example/demo", "/examples/bundles/demo/history"]
      let seen = SeenSides()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for target in targets {
          group.addTask {
            while !seen.isOver.withLock({ $0 }) {
              let answer = await Self.ask(pod, target)
              #expect(answer.status == 200, "\(target): \(answer.text)")
              #expect(answer.text.contains("in the "), "\(target)")
              _ = seen.sides.withLock { $0.insert(answer.headers["bundle-reads"] ?? "") }
            }
          }
        }
        for turn in 1...20 {
          let side: ReadSide = turn % 2 == 0 ? .directory : .database
          try await Self.readFrom(side, pod)
          // The list follows at once, for everybody who asks from now on.
          #expect(await Self.ask(pod, Self.list).headers["bundle-reads"] == side.rawValue, "turn \(turn)")
        }
        // Not cancelled: a request that is cut off is no answer that failed.
        seen.isOver.withLock { $0 = true }
        try await group.waitForAll()
      }
      #expect(seen.sides.withLock { $0 }.isSuperset(of: ["directory", "database"]))
    }
  }

  @Test("a directory that was moved away stops nobody while the database has the same; alone it is told in words")
  func movedAway() async throws {
    for mode in [PersistenceMode.dual, .filesystem] {
      try await StoredPod.with(mode: mode) { pod in
        try await Self.fill(pod)
        #expect(await Self.ask(pod, Self.list).text.contains("in the directory"))
        #expect(rename(pod.directory.path, pod.directory.path + ".away") == 0)
        for target in [Self.list, "/job-imports/example/demo"] {
          let answer = await Self.ask(pod, target)
          if mode == .dual {
            #expect(answer.status == 200 && answer.text.contains("in the database"))
          } else {
            #expect(answer.status == 503 && answer.text.contains("directory") && !answer.text.contains("/"))
          }
        }
        if mode == .dual { #expect(await Self.ask(pod, Self.list).headers["bundle-reads"] == "database") }
        #expect(rename(pod.directory.path + ".away", pod.directory.path) == 0)
        if mode == .dual { try await Self.follow(pod) }
        #expect(await Self.ask(pod, Self.list).text.contains("in the directory"))
      }
    }
  }

  /// What a follower says when it has compared everything.
  private static func follow(_ pod: StoredPod) async throws {
    let snapshot = try await pod.store.readPoint(of: nil, deadline: .seconds(60)).snapshot
    _ = try await pod.store.publishFollowing(.inStep(snapshot: snapshot ?? ""), of: pod.worker)
  }

  @Test("a directory that came in the place of another, or was empty, is read when it has been filled")
  func filledAgain() async throws {
    try await StoredPod.with(mode: .dual) { pod in
      let first = await Self.ask(pod, Self.list)
      #expect(first.status == 200 && first.headers["bundle-reads"] == "database")
      try await Self.follow(pod)
      #expect(await Self.ask(pod, Self.list).headers["bundle-reads"] == "directory")
      try await Self.fill(pod)
      #expect(await Self.ask(pod, Self.list).text.contains("in the directory"))

      #expect(rename(pod.directory.path, pod.directory.path + ".away") == 0)
      try pod.folder.makeFolder("legacy/status")
      for target in [Self.list, "/job-imports/example/demo"] {
        #expect(await Self.ask(pod, target).text.contains("in the database"), "half filled: \(target)")
      }
      try await Self.fill(pod, isInDatabase: true)
      #expect(await Self.ask(pod, Self.list).text.contains("in the database"))
      try await Self.follow(pod)
      #expect(await Self.ask(pod, Self.list).text.contains("in the directory"))
    }
  }

  @Test("what was asked for is in the answer at once, although files follow later")
  func asked() async throws {
    try await StoredPod.with(mode: .dual) { pod in
      try await Self.fill(pod)
      _ = try await pod.database.psql("delete from example_bundle_status")
      let answer = try await pod.ask(.post, "/job-imports/example", body: #"{"slug":"demo"}"#)
      #expect(answer.status == 202 && answer.string("data.status.state") == "queued")
      let all = try await pod.ask(.post, "/examples/load")
      #expect(all.string("data.jobs.0.status.state") == "queued")
      // A bundle that only the directory knows is no stranger.
      let moment = Timestamp(microseconds: 1_700_000_000_000_000)
      try pod.directory.write(
        LegacyStatus(
          slug: Slug("old")!, fingerprint: Fingerprint("f")!, stage: .failed, createdAt: moment, updatedAt: moment))
      #expect(try await pod.ask(.post, "/job-imports/example", body: #"{"slug":"old"}"#).status == 202)
    }
  }

  @Test(
    "archives come out of the directory, checked, and through no planted link",
    arguments: [PersistenceMode.filesystem, .dual])
  func downloads(mode: PersistenceMode) async throws {
    try await StoredPod.with(mode: mode) { pod in
      let bytes = DownloadFixture.bytes(3 << 20)
      let checksum = try #require(Checksum(digest: SHA256.digest(of: bytes))).hex
      try pod.folder.write(bytes, to: "legacy/artifacts/demo/f1/demo-1.0.tgz")
      func write(_ stage: Stage, _ fingerprint: String = "f1", filename: String? = "demo-1.0.tgz") throws {
        let moment = Timestamp(microseconds: 1_700_000_000_000_000)
        try pod.directory.write(
          LegacyStatus(
            slug: Slug("demo")!, fingerprint: Fingerprint(fingerprint)!, stage: stage, createdAt: moment,
            updatedAt: moment, checksum: stage == .completed ? checksum : nil, filename: filename))
      }
      try write(.completed)
      let listed = try await pod.ask(.get, "/job-imports/example/demo")
      let path = DownloadFixture.path("demo")
      #expect(listed.string("data.status.downloadUrl") == path)
      #expect(listed.string("data.status.storageKey") == "demo/f1/demo-1.0.tgz")
      #expect(listed["data.status.size"] == .number(Double(bytes.count)))
      for target in [path, path + "?via=public"] {
        let whole = await Self.ask(pod, target)
        #expect(whole.status == 200 && whole.body == bytes && whole.failure == nil)
        #expect(whole.headers["etag"] == "\"\(checksum)\"")
      }
      // Packaged anew: what was linked to is still there.
      try write(.packaging, "f2", filename: nil)
      #expect(await Self.ask(pod, path).body == bytes)

      // Other bytes than the status promises end short, so that nobody takes them for the archive.
      try write(.completed)
      try pod.folder.write(Array(bytes.dropLast()) + [0], to: "legacy/artifacts/demo/f1/demo-1.0.tgz")
      let damaged = await Self.ask(pod, path)
      #expect(damaged.failure != nil && damaged.body.count < bytes.count)

      let secret = try pod.folder.write("secret", to: "secret")
      unlink(pod.directory.path + "/artifacts/demo/f1/demo-1.0.tgz")
      symlink(secret, pod.directory.path + "/artifacts/demo/f1/demo-1.0.tgz")
      let planted = await Self.ask(pod, path)
      #expect(planted.status == 404 && !planted.text.contains("secret"))
      try write(.completed, filename: "../../../../secret")
      #expect(await Self.ask(pod, path).status == 404)
    }
  }

  @Test("a row that goes because its bundle is in files now is no bundle that went")
  func events() async throws {
    for mode in [PersistenceMode.filesystem, .dual] {
      try await StoredPod.with(mode: mode) { pod in
        try await Self.fill(pod)
        let reads = PodReads(
          pod.store, mode: mode, directory: DirectoryReading(pod.directory), owner: pod.worker.owner)
        let encoder = EventEncoder(
          PodAPISettings(pod: "a", owner: OwnerID("o"), version: "1"), reads: reads,
          artifacts: LocalArtifactStore(root: "/dev/null/none", signingSecret: Secret([])),
          log: RouterFixture.silent)
        for (slug, isKept) in [("demo", mode == .filesystem), ("nobody", false)] {
          let position = try #require(EventPosition("1-1"))
          let event = BundleEvent(position: position, kind: .removed(Slug(slug)!), at: Timestamp(microseconds: 0))
          let text = String(decoding: await encoder.encode([event])[0].bytes, as: UTF8.self)
          #expect(text.contains(isKept ? EventNames.progress : EventNames.removed), "\(mode) \(slug)")
          #expect(text.contains("in the directory") == isKept)
        }
      }
    }
  }
}

/// Which sides answers came from.
private final class SeenSides: Sendable {
  let sides = Mutex<Set<String>>([])
  let isOver = Mutex(false)
}
