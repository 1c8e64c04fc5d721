import Glibc
import LocalStack
internal import Synchronization
import TestSupport
import Testing

extension EndToEnd {
  /// A pod that is asked to go while it answers.
  @Suite struct Goodbye {
    @Test func noRequestIsCutOff() async throws {
      try await Cluster.run { cluster in
        let pod = try await cluster.startServingPod("pod-a")
        try await cluster.fillStatuses(4000)
        let events = try RawConnection(port: pod.port)
        await events.send("GET /events HTTP/1.1\r\nhost: a\r\n\(pod.line(.reader))\r\n")
        #expect(await events.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200"))

        let answers = Answers()
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<6 {
            group.addTask { await answers.ask(port: pod.port, pod.line(.reader)) }
          }
          try await cluster.wait("there is load") { answers.whole > 60 }
          // Larger than what sockets buffer, and read only when the pod has been asked to go.
          let slow = try RawConnection(port: pod.port)
          await slow.send(
            "GET /examples/bundles/status HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\(pod.line(.reader))\r\n")
          #expect(await slow.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200"))
          answers.noteGoodbye()
          pod.pod.process.kill(SIGTERM)
          let rest = await slow.readAll()
          let isWhole = rest.hasSuffix("]}}")
          #expect(isWhole, "cut off after \(rest.utf8.count) bytes: …\(rest.suffix(100))")
          #expect(await events.readAll().hasSuffix("0\r\n\r\n"), "the stream ended in good order")
          #expect(await pod.pod.process.waitForExit(within: .seconds(60)) == .exited(0))
          try await group.waitForAll()
        }
        #expect(answers.failures == [])
      }
    }
  }
}

/// What clients got who ask again and again, with a connection each time, until nobody is there.
private final class Answers: Sendable {
  private struct State {
    var whole = 0
    var failures: Set<String> = []
    var isGoodbye = false
  }

  private let state = Mutex(State())

  var whole: Int { state.withLock { $0.whole } }
  var failures: Set<String> { state.withLock { $0.failures } }

  private var isGoodbye: Bool { state.withLock { $0.isGoodbye } }

  /// From now on a connection may be refused.
  func noteGoodbye() { state.withLock { $0.isGoodbye = true } }

  func ask(port: Int, _ authorization: String) async {
    let request = "GET /pods HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\(authorization)\r\n"
    while true {
      guard let connection = try? RawConnection(port: port) else {
        // Asked when it has happened: the goodbye may have come since this turn began.
        if !isGoodbye { note("refused before the goodbye") }
        return
      }
      await connection.send(request)
      let answer = await connection.readAll()
      if answer.isEmpty {
        // Connected to a door that closed before anybody looked: nothing of it was read.
        if !isGoodbye { note("no answer before the goodbye") }
        return
      }
      note(Self.isWhole(answer) ? nil : "cut off: \(answer)")
    }
  }

  private func note(_ failure: String?) {
    state.withLock { state in
      if let failure { state.failures.insert(failure) } else { state.whole += 1 }
    }
  }

  /// A success with as many bytes as it says.
  private static func isWhole(_ answer: String) -> Bool {
    guard answer.hasPrefix("HTTP/1.1 200"), let end = answer.firstRange(of: "\r\n\r\n") else { return false }
    let length = answer[..<end.lowerBound].lowercased().split(separator: "content-length: ").dropFirst().first
    return length?.prefix(while: \.isNumber) == "\(answer[end.upperBound...].utf8.count)"
  }
}

extension Cluster {
  /// Makes so many bundles that have failed, as if somebody had packaged them.
  func fillStatuses(_ count: Int) async throws {
    _ = try await lines(
      """
      insert into example_bundle_status
        (slug, fingerprint, stage, state, job_id, error, created_at, updated_at, attempt, pod)
      select 'filled-' || n, repeat('f', 64), 'failed', 'failed', gen_random_uuid()::text, repeat('e', 500), now(),
             now(), 1, 'pod-a'
        from generate_series(1, \(count)) n
      returning slug
      """)
  }
}
