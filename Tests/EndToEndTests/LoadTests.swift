import Glibc
import HTTPTransport
import LocalStack
internal import Synchronization
import TestSupport
import Testing

extension EndToEnd {
  /// Many clients at once, and clients that mean no good. `make load-http` runs the long form.
  @Suite struct Load {
    @Test func idleListenersAndSteadyRequestsStayInTheMemoryAllowed() async throws {
      let plan = LoadPlan()
      try await Cluster.run { cluster in
        try cluster.writeBundle("one")
        let pod = try await cluster.startServingPod("pod-a")
        try await cluster.done("package", "one", "--wait")
        let listeners = try await plan.listeners(at: pod)
        let report = try await plan.ask(pod)
        let memory = try Processes.memory(of: pod.pod.process.pid)
        print("\(report), \(listeners.count) listeners, \(memory >> 20) MiB")
        #expect(report.failures == [])
        #expect(memory <= 60 << 20, "\(memory >> 20) MiB")
        try await cluster.done("package", "one", "--force", "--wait")
        for listener in listeners {
          let text = await listener.read(until: "event: example.bundle.progress")
          #expect(text.contains("event: example.bundle.progress"), "a listener was let go: \(text)")
        }
      }
    }

    @Test func nobodyKeepsAPodBusyWithSlowOrEndlessHeads() async throws {
      try await Cluster.run { cluster in
        let pod = try await cluster.startServingPod("pod-a")
        let slow = try (0..<20).map { _ in try RawConnection(port: pod.port) }
        for connection in slow {
          await connection.send("GET /examples/bundles/status HTTP/1.1\r\nhost: a\r\nx-slow: ")
        }
        let large = String(repeating: "x", count: 1 << 20)
        for request in [
          "GET / HTTP/1.1\r\nhost: a\r\nx-large: \(large)\r\n\r\n", "GET /\(large) HTTP/1.1\r\nhost: a\r\n\r\n",
        ] {
          let connection = try RawConnection(port: pod.port)
          await connection.send(request)
          let answer = await connection.readAll()
          #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(200))")
        }
        #expect(try await pod.get("/health/live", as: .nobody).status == 200)
        for connection in slow {
          try await cluster.wait("the drip meets a closed door", within: .seconds(60)) {
            await connection.send("x") == false
          }
        }
        #expect(try await pod.get("/health/live", as: .nobody).status == 200)
      }
    }
  }
}

/// How many clients, how often, how long.
struct LoadPlan {
  /// What became of the requests.
  struct Report: CustomStringConvertible {
    var answered = 0
    /// Different ones, at most ten.
    var failures: [String] = []
    var took = Duration.zero

    var description: String { "load: \(answered) requests in \(took), failures \(failures)" }
  }

  let seconds: Int
  let requestsPerSecond: Int
  private let clients = 8

  /// LOAD_SECONDS and LOAD_RATE, else a short form.
  init() {
    func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
    seconds = number("LOAD_SECONDS") ?? 5
    requestsPerSecond = number("LOAD_RATE") ?? 200
  }

  /// Fifty clients that follow the events, in which nothing happens.
  func listeners(at pod: ServingPod) async throws -> [RawConnection] {
    var open: [RawConnection] = []
    for _ in 0..<50 {
      let connection = try RawConnection(port: pod.port)
      await connection.send("GET /events HTTP/1.1\r\nhost: a\r\n\(pod.line(.reader))\r\n")
      let head = await connection.read(until: "\r\n\r\n")
      guard head.hasPrefix("HTTP/1.1 200") else { throw TestSupportError("no stream: \(head)") }
      open.append(connection)
    }
    return open
  }

  /// Asks steadily; a request is not sent before its time.
  func ask(_ pod: ServingPod) async throws -> Report {
    let begin = ContinuousClock.now
    let tally = Tally()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in 0..<clients {
        group.addTask {
          for turn in stride(from: client, to: seconds * requestsPerSecond, by: clients) {
            let due = begin + .seconds(Double(turn) / Double(requestsPerSecond))
            try await pause(for: max(.zero, due - .now))
            let failure = await failure(of: pod)
            tally.report.withLock { report in
              report.answered += 1
              if let failure, report.failures.count < 10, !report.failures.contains(failure) {
                report.failures.append(failure)
              }
            }
          }
        }
      }
      try await group.waitForAll()
    }
    return tally.report.withLock { report in
      report.took = ContinuousClock.now - begin
      return report
    }
  }

  private func failure(of pod: ServingPod) async -> String? {
    do {
      let answer = try await pod.get("/examples/bundles/status")
      return answer.status == 200 ? nil : "\(answer.status)"
    } catch {
      return "\(error)"
    }
  }
}

/// What all clients together got.
private final class Tally: Sendable {
  let report = Mutex(LoadPlan.Report())
}
