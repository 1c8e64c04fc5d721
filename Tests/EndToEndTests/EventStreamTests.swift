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
        _ = await a.pod.process.waitForExit(within: .seconds(10))
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
          #expect(await stream.process.waitForExit(within: .seconds(10)) == .exited(0))
        }
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

extension Cluster {
  /// Writes at least so many events into the status table, as pods and other programs do.
  func writeEvents(_ count: Int, writers: Int) async throws {
    let left = Mutex(count)
    let settings = try ConnectionSettings(url: database.url)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<writers {
        group.addTask {
          let connection = try await Connection.connect(settings)
          var random = SeededRandom(seed: UInt64(writer))
          while left.withLock({ $0 }) > 0 {
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
            left.withLock { $0 -= bundles.count }
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
