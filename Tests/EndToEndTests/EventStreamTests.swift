import BundleModel
internal import Glibc
import HTTPTransport
import LocalStack
import Postgres
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
  @Suite(.timeLimit(.minutes(5))) struct EventStream {
    private static let events = 5000
    private static let writers = 16

    /// Sixteen writers whose transactions end in another order than they begin. The client's pod is killed twice, each
    /// time another one.
    @Test func aClientThatGoesFromPodToPodLosesNothingAndGetsNothingTwice() async throws {
      try await Cluster.run { cluster in
        let a = try await cluster.startServingPod("pod-a")
        let b = try await cluster.startServingPod("pod-b")
        var parts = [try cluster.startEventStream("first", of: a)]
        let steady = try cluster.startEventStream("steady", of: b)
        try await cluster.wait("both streams are open") { steady.isOpen && parts[0].isOpen }
        let writing = Task { try await cluster.writeEvents(Self.events, writers: Self.writers) }
        defer { writing.cancel() }

        try await cluster.wait("a part came") { parts[0].events.count > Self.events / 5 }
        a.pod.process.kill(SIGKILL)
        // What it had sent before is read first.
        #expect(await parts[0].process.waitForExit(within: .seconds(60)) != nil)
        parts.append(try cluster.startEventStream("second", of: b, after: try lastID(parts)))
        let again = try await cluster.startServingPod("pod-a")
        try await cluster.wait("another part came") { parts[1].events.count > Self.events / 5 }
        // Only the connection ends: its pod serves the other client on.
        await parts[1].stop()
        parts.append(try cluster.startEventStream("third", of: again, after: try lastID(parts)))

        try await writing.value
        let all = try await cluster.lines(
          "select concat(xid, '-', seq) from example_bundle_events where source = 'status' order by xid, seq")
        #expect(all.count >= Self.events)
        try await cluster.wait("the last event came") {
          parts[2].events.last?.id == all.last && steady.events.last?.id == all.last
        }
        let seen = parts.flatMap(\.events)
        #expect(seen.map(\.id) == all)
        #expect(steady.events == seen)
        #expect(Set(seen.map(\.name)) == ["example.bundle.progress", "example.bundle.removed"])
        #expect(parts.allSatisfy { !$0.events.isEmpty })
        let fields = try JSON(parsing: seen.first { $0.name == "example.bundle.progress" }?.data ?? "").keys
        #expect(fields == CommandLine.fields)
        for part in parts + [steady] { await part.stop() }
      }
    }

    /// The last whole event that came.
    private func lastID(_ parts: [EventStreamProcess]) throws -> String {
      try #require(parts.last?.events.last?.id)
    }

    @Test func aPodThatIsAskedToGoEndsItsStreamsAndLeavesInTime() async throws {
      try await Cluster.run { cluster in
        let pod = try await cluster.startServingPod("pod-a")
        let streams = try (1...5).map { try cluster.startEventStream("s\($0)", of: pod) }
        try await cluster.wait("the streams are open") { streams.allSatisfy(\.isOpen) }
        pod.pod.process.kill(SIGTERM)
        #expect(await pod.pod.process.waitForExit(within: .seconds(30)) == .exited(0))
        for stream in streams {
          // A stream that is cut off, not ended, is an error to curl.
          #expect(await stream.process.waitForExit(within: .seconds(60)) == .exited(0))
        }
      }
    }

    /// The crash gives transaction ids out again that rings had taken, as in `Outage`.
    @Test func aServerThatCrashesCostsNoEventAndTheStreamStaysOpen() async throws {
      try await OwnServers.postgres { postgres in
        try await Cluster.run(postgres: postgres) { cluster in
          try await cluster.database.psql("alter system set wal_writer_delay = '10s'")
          try await cluster.database.psql("select pg_reload_conf()")
          try await cluster.wait("the setting is in force", for: ["10s"], in: "show wal_writer_delay")
          let pod = try await cluster.startServingPod("pod-a")
          let stream = try cluster.startEventStream("s", of: pod)
          try await cluster.wait("the stream is open") { stream.isOpen }
          try await cluster.writeEvents(50, writers: 2)
          try await cluster.wait("all came") { stream.events.count >= 50 }
          try await cluster.database.psql(String(repeating: "notify elsewhere;\n", count: 50))
          await postgres.crash()
          try await cluster.wait("the stream says so") { stream.log.contains(": the database does not answer") }
          try await postgres.startAgain()
          try await cluster.writeEvents(50, writers: 2)
          let all = try await cluster.lines(
            "select concat(xid, '-', seq) from example_bundle_events where source = 'status' order by xid, seq")
          try await cluster.wait("the last event came") { stream.events.last?.id == all.last }
          #expect(stream.events.map(\.id) == all)
          #expect(stream.log.contains(": the database answers again"))
          #expect(stream.process.isRunning)
          await stream.stop()
        }
      }
    }

    @Test func linksLeadWhereTheEnvironmentWantsThem() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("one")
        var streams: [String: EventStreamProcess] = [:]
        for kind in ["route", "internal", "signed"] {
          let pod = try await cluster.startServingPod(
            "pod-\(kind)",
            changing: ["APPHUB_BUNDLE_EVENT_URLS": kind, "APPHUB_BUNDLE_INTERNAL_HOSTS": "pods.test:81,other.test"])
          streams[kind] = try cluster.startEventStream(kind, of: pod)
        }
        try await cluster.wait("the streams are open") { streams.values.allSatisfy(\.isOpen) }
        try await cluster.done("package", "one", "--wait")
        var completed: [String: JSON] = [:]
        try await cluster.wait("it is told") {
          for (kind, stream) in streams {
            completed[kind] = try stream.events.map { try JSON(parsing: $0.data) }
              .last { $0["state"] == .string("completed") }
          }
          return completed.count == 3
        }
        let route = try #require(completed["route"]?["downloadUrl"].text)
        #expect(route.hasPrefix("/examples/bundles/one/fingerprints/"))
        #expect(completed["internal"]?["downloadUrl"].text == "http://pods.test:81\(route)")
        #expect(completed["route"]?["downloadUrlExpiresAt"] == .null)
        let signed = try #require(completed["signed"])
        #expect(signed["downloadUrlExpiresAt"].text != nil)
        let answer = try await HTTPClient().send(
          HTTPRequest(
            .get, signed["downloadUrl"].text ?? "", sink: .memory(limit: 1 << 20), limits: .within(.seconds(30))))
        #expect(answer.status == 200)
        #expect(Double(answer.body.count) == signed["size"].number)
        #expect(
          // Twice where the pod's reader and a client that is behind read the event at one time.
          try await cluster.lines("select distinct who from example_bundle_operations where what = 'sign'") == [
            "events of pod pod-signed"
          ])
        for stream in streams.values { await stream.stop() }
        streams["signed"]?.forget()
      }
    }

    @Test func theCommandTellsWhatTheStreamTells() async throws {
      try await Cluster.run { cluster in
        let pod = try await cluster.startServingPod("pod-a")
        let stream = try cluster.startEventStream("s", of: pod)
        try await cluster.wait("the stream is open") { stream.isOpen }
        let following = try cluster.startWatch(
          "follow", "b1", "--json", shell: #"exec "$0" events --follow "$@""#)
        try await cluster.writeEvents(300, writers: 4)
        let all = try await cluster.lines(
          "select concat(xid, '-', seq) from example_bundle_events where source = 'status' order by xid, seq")
        try await cluster.wait("all came") { stream.events.last?.id == all.last }
        let told = try await cluster.done("events", "--json", "--limit", "10000").split(separator: "\n")
          .map { try JSON(parsing: String($0)) }
        #expect(told.map { $0["id"] } == all.map { .string($0) })
        #expect(told.first?["data"].keys == CommandLine.fields)
        let middle = all[all.count / 2]
        let rest = try await cluster.done("events", "--json", "--after", middle).split(separator: "\n")
        #expect(rest.count == all.count - all.count / 2 - 1)
        #expect(try await cluster.done("events", "--limit", "3").split(separator: "\n").count == 3)
        let ofOne = told.filter { $0["data"]["slug"] == .string("b1") }.map { $0["id"] }
        try await cluster.wait("the follower has all of its bundle") {
          following.log.split(separator: "\n").count >= ofOne.count
        }
        let followed = try following.log.split(separator: "\n").map { try JSON(parsing: String($0))["id"] }
        #expect(followed == ofOne)
        following.process.kill(SIGTERM)
        #expect(await following.process.waitForExit(within: .seconds(60)) == .exited(0))
        try await cluster.bundletop("events", "--after", "999999999999-1")
          .expectComplaint(1, saying: "not known any more", of: "an id of another database")
        try await cluster.bundletop("events", "--after", "x").expectComplaint(64, saying: "--after", of: "no id")
        await stream.stop()
      }
    }

    @Test func whoHasNoTokenOrNoEventIsRefused() async throws {
      try await Cluster.run { cluster in
        let pod = try await cluster.startServingPod("pod-a")
        #expect(try await pod.get("/events", as: .nobody).status == 401)
        let wrong = try await pod.get("/events?lastEventId=abc")
        #expect(wrong.status == 400)
        #expect(wrong.text.contains("lastEventId"))
        let head = try await pod.get("/events", method: .head)
        #expect(head.status == 200 && head.body.isEmpty)
      }
    }
  }
}

/// How much is left to do, for many who do it.
private final class Countdown: Sendable {
  private let left: Mutex<Int>

  init(_ count: Int) { left = Mutex(count) }

  var isOver: Bool { left.withLock { $0 <= 0 } }

  func take(_ count: Int) { left.withLock { $0 -= count } }
}

extension Cluster {
  /// Writes at least so many events into the status table, as pods and other programs do.
  func writeEvents(_ count: Int, writers: Int) async throws {
    let left = Countdown(count)
    let settings = try ConnectionSettings(url: database.url)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<writers {
        group.addTask {
          let connection = try await Connection.connect(settings)
          var random = SeededRandom(seed: UInt64(writer))
          while !left.isOver {
            // Locks in one order, so that the writers wait for each other instead of dying of it.
            let bundles = Set(
              (0..<Int.random(in: 1...3, using: &random)).map { _ in
                Int.random(in: 0..<200, using: &random)
              })
            let script = bundles.sorted().map { Self.change($0, by: writer, &random) }.joined(separator: ";\n")
            let hold = Duration.microseconds(Int.random(in: 0...30_000, using: &random))
            try await connection.transaction { connection in
              try await connection.script(script)
              try await pause(for: hold)
            }
            left.take(bundles.count)
          }
          await connection.close()
        }
      }
      try await group.waitForAll()
    }
  }

  private static func change(_ bundle: Int, by writer: Int, _ random: inout SeededRandom) -> String {
    if random.chance(4) { return "delete from example_bundle_status where slug = 'b\(bundle)'" }
    return """
      insert into example_bundle_status (slug, fingerprint, stage, state, attempt, message)
      values ('b\(bundle)', 'f', 'queued', 'queued', 1, 'w\(writer)')
      on conflict (slug) do update
        set message = excluded.message, attempt = coalesce(example_bundle_status.attempt, 0) + 1
      """
  }
}
