import BundleModel
internal import Glibc
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  /// Pods that die, sleep or are asked to go in the middle of their work.
  @Suite struct Crash {
    @Test func whatAKilledPodHadBegunIsFinishedByTheOther() async throws {
      try await Cluster.run { cluster in
        let (a, child) = try await cluster.startPodAtWorkBesideAnother()

        a.process.kill(SIGKILL)
        #expect(await a.process.waitForExit(within: .seconds(60)) == .signalled(SIGKILL))
        try await cluster.wait("the build of the killed pod ends", within: .seconds(60)) {
          !Processes.isAlive(child)
        }
        _ = try await cluster.waitUntilHeld("slow", attempt: 2, on: "pod-b")
        #expect(try await cluster.attempts("slow") == ["1 pod-a lost", "2 pod-b -"])
        try cluster.release("slow")
        try await cluster.waitUntilCompleted("slow")
        #expect(try await cluster.attempts("slow") == ["1 pod-a lost", "2 pod-b completed"])
        #expect(
          try await cluster.lines("select (ended_at is null)::text from example_bundle_attempts") == [
            "false", "false",
          ])
        #expect(try await cluster.fetchSigned("slow") == (try await cluster.checksum("slow")))
        let pods = try await cluster.json("pods").elements
        #expect(pods.first { $0["name"] == .string("pod-b") }?["state"] == .string("live"))

        // The dead pod's workspace goes with the next start of any pod on its machine.
        #expect(cluster.workspaces().count == 1)
        try await cluster.startPod("pod-a", times: .short)
        #expect(cluster.workspaces() == [])
      }
    }

    @Test func aBuildMayTakeLongerThanALease() async throws {
      try await Cluster.run { cluster in
        try cluster.writeHeldBundle("slow")
        for name in ["pod-a", "pod-b"] { try await cluster.startPod(name, times: .short) }
        try await cluster.done("package", "slow")
        try await cluster.wait("twice the lease has passed", within: .seconds(30)) {
          try await cluster.lines(
            "select slug from example_bundle_attempts where started_at < now() - interval '6 s'"
          )
          .count == 1
        }
        try cluster.release("slow")
        try await cluster.waitUntilCompleted("slow")
        #expect(
          try await cluster.lines("select concat_ws(' ', attempt, outcome) from example_bundle_attempts") == [
            "1 completed"
          ])
      }
    }

    @Test func aPodThatSleptThroughItsLeaseChangesNothing() async throws {
      try await Cluster.run { cluster in
        let (a, child) = try await cluster.startPodAtWorkBesideAnother()

        a.process.kill(SIGSTOP)
        _ = try await cluster.waitUntilHeld("slow", attempt: 2, on: "pod-b")
        try cluster.release("slow")
        try await cluster.waitUntilCompleted("slow")
        try await cluster.wait("the sleeper's build has ended, too") { !Processes.isAlive(child) }
        let truth = try await cluster.tables(of: "slow")
        let objects = try await cluster.objectTimes()

        a.process.kill(SIGCONT)
        try await cluster.wait("the sleeper knows that it lost") { a.log.contains("ended as lost") }
        #expect(try await cluster.tables(of: "slow") == truth)
        #expect(try await cluster.objectTimes() == objects)
        #expect(try await cluster.attempts("slow") == ["1 pod-a lost", "2 pod-b completed"])
        try await cluster.wait("its workspace is gone") { cluster.workspaces() == [] }

        // And it goes on as a good pod.
        try await cluster.wait("it is seen again") {
          try await cluster.lines("select name from example_bundle_pods where last_seen > now() - interval '1 s'")
            .contains("pod-a")
        }
      }
    }

    /// Its lease is ended behind its back, and it renews too seldom to notice; it may hear of it when it looks for
    /// work, and the fence stops it in any case.
    @Test func aPodThatDoesNotKnowThatItLostItsJobChangesNothing() async throws {
      try await Cluster.run { cluster in
        try cluster.writeHeldBundle("slow")
        let temporary = try cluster.folder.makeFolder("tmp/of-a")
        let a = try await cluster.startPod(
          "pod-a", arguments: ["--lease", "60", "--renew-every", "40", "--stop-after", "50"],
          changing: ["TMPDIR": temporary])
        try await cluster.done("package", "slow")
        _ = try await cluster.waitUntilHeld("slow", on: "pod-a")
        // Before the other one comes: to that one a lease of a minute looks wrong, and it would take the job at once.
        try await cluster.database.psql("update example_bundle_jobs set lease_until = now() - interval '1 s'")
        let other = try cluster.folder.makeFolder("tmp/of-b")
        try await cluster.startPod("pod-b", changing: ["TMPDIR": other])
        _ = try await cluster.waitUntilHeld("slow", attempt: 2, on: "pod-b")
        try cluster.release("slow", below: "tmp/of-b")
        try await cluster.waitUntilCompleted("slow")
        let truth = try await cluster.tables(of: "slow")
        let objects = try await cluster.objectTimes()

        try cluster.release("slow", below: "tmp/of-a")
        try await cluster.wait("it knows that it lost") { a.log.contains("ended as lost") }
        #expect(try await cluster.tables(of: "slow") == truth)
        #expect(try await cluster.objectTimes() == objects)
        #expect(try await cluster.attempts("slow") == ["1 pod-a lost", "2 pod-b completed"])
      }
    }

    @Test func aPodThatIsAskedToGoGivesItsJobBack() async throws {
      try await Cluster.run { cluster in
        try cluster.writeHeldBundle("slow")
        let a = try await cluster.startPod("pod-a")
        try await cluster.done("package", "slow")
        let child = try await cluster.waitUntilHeld("slow", on: "pod-a")
        let allowed = try await cluster.lines("select (max_attempts - attempt)::text from example_bundle_jobs")

        let asked = ContinuousClock.now
        a.process.kill(SIGTERM)
        #expect(await a.process.waitForExit(within: .seconds(60)) == .exited(0))
        #expect(ContinuousClock.now - asked < .seconds(25), "a pod leaves promptly")
        #expect(!Processes.isAlive(child))
        #expect(cluster.workspaces() == [])
        #expect(try await cluster.attempts("slow") == ["1 pod-a returned"])
        #expect(try await cluster.status("slow") == "queued queued 2")
        #expect(
          try await cluster.lines("select (max_attempts - attempt)::text from example_bundle_jobs")
            == allowed.map {
              String((Int($0) ?? 0) + 1)
            }, "the attempt does not count")
        #expect(try await cluster.json("pods").elements.map { $0["state"] } == [.string("stopped")])

        // The next one finds the job at once, without waiting for a lease.
        try await cluster.startPod("pod-b")
        _ = try await cluster.waitUntilHeld("slow", attempt: 2, on: "pod-b")
        try cluster.release("slow")
        try await cluster.waitUntilCompleted("slow")
        #expect(try await cluster.attempts("slow") == ["1 pod-a returned", "2 pod-b completed"])
      }
    }

    /// Whoever stops a pod waits 30 s, as Kubernetes does, and then kills it.
    @Test func aPodThatIsAskedToGoWhileTheDatabaseIsSilentLeavesAllTheSame() async throws {
      try await Cluster.run { cluster in
        try cluster.writeHeldBundle("slow")
        let proxy = try HoldingProxy(to: cluster.database.server.port)
        defer { proxy.end() }
        let a = try await cluster.startPod(
          "pod-a", arguments: ["--concurrency", "2"],
          changing: ["DATABASE_URL": cluster.databaseURL(port: proxy.port)])
        try await cluster.done("package", "slow")
        let child = try await cluster.waitUntilHeld("slow", on: "pod-a")
        proxy.silence(newOnes: true)
        a.process.kill(SIGTERM)
        try await cluster.wait("its build ends", within: .seconds(60)) { !Processes.isAlive(child) }
        #expect(await a.process.waitForExit(within: .seconds(26)) == .exited(0))
        #expect(cluster.workspaces() == [])
      }
    }
  }
}

extension Cluster {
  /// Starts pod-a, which builds the held bundle `slow`, then pod-b, which can take over; both with short leases.
  /// Returns the first and the process of its build.
  fileprivate func startPodAtWorkBesideAnother() async throws -> (pod: PodProcess, build: Int32) {
    try writeHeldBundle("slow")
    let pod = try await startPod("pod-a", times: .short)
    try await done("package", "slow")
    let build = try await waitUntilHeld("slow", on: "pod-a")
    try await startPod("pod-b", times: .short)
    return (pod, build)
  }
}
