internal import Glibc
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  /// What an operator does from a shell, beside pods that work.
  @Suite struct OperatorCommand {
    @Test func aFilterIsLookedAtFirstAndNeedsAYes() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBrokenBundle("broken-one", saying: "no dataset called TIDES")
        try cluster.writeBrokenBundle("broken-two", saying: "no dataset called WINDS")
        try cluster.writeBundle("good")
        try await cluster.startPod("pod-a")
        #expect(try await cluster.bundletop("package", "--all", "--wait").status == 2)
        let recorded = "select count(*)::text from example_bundle_operations"
        let before = try await cluster.lines(recorded)

        let dry = try await cluster.json("retry", "--failed", "--dry-run").elements
        #expect(dry.map { $0["slug"] } == [.string("broken-one"), .string("broken-two")])
        #expect(dry.allSatisfy { $0["outcome"] == .string("would retry") && $0["attempt"] == .number(2) })
        #expect(try await cluster.attempts("broken-one") == ["1 pod-a failed"])
        let unsure = try await cluster.bundletop("retry", "--failed")
        #expect(unsure.status == 64 && unsure.errors.contains("--yes"), "\(unsure)")
        #expect(try await cluster.lines(recorded) == before, "nothing is recorded when nothing was done")

        let winds = try await cluster.json("retry", "--failed", "--matching", "winds", "--dry-run").elements
        #expect(winds.map { $0["slug"] } == [.string("broken-two")])
        let nobody = try await cluster.json("retry", "--failed", "--pod", "pod-z", "--dry-run").elements
        #expect(nobody == [])

        let done = try await cluster.json("retry", "--failed", "--yes", "--reason", "they are back").elements
        #expect(done.map { $0["outcome"] } == [.string("retried"), .string("retried")])
        #expect(done.allSatisfy { $0["attempt"] == .number(2) && $0["reason"] == .null })
        for slug in ["broken-one", "broken-two"] {
          try await cluster.wait("\(slug) has failed twice") {
            try await cluster.attempts(slug) == ["1 pod-a failed", "2 pod-a failed"]
          }
        }
        // A name needs no --yes; what is completed is refused with the reason.
        let refused = try await cluster.bundletop("retry", "good")
        #expect(refused.status == 1 && refused.errors.contains("it is completed"), "\(refused)")
        #expect(try await cluster.bundletop("retry", "broken-one", "--wait").status == 1)

        let operations = try await cluster.json("operations", "broken-two").elements
        #expect(
          operations.first?["what"] == .string("retry") && operations.first?["why"] == .string("they are back"))
        #expect(operations.first?["who"] == .string("tester") && operations.first?["result"] == .string("retried"))
        let good = try await cluster.json("operations", "good", "--what", "retry").elements
        #expect(good.map { $0["result"].text } == ["refused: it is completed"])

        // What the programs printed stays readable, for each attempt.
        #expect(try await cluster.done("show", "broken-two", "--log").contains("no dataset called WINDS"))
        #expect(try await cluster.done("show", "broken-two", "--log", "--attempt", "1").contains("WINDS"))
        let none = try await cluster.bundletop("show", "broken-two", "--log", "--attempt", "9")
        #expect(none.status == 1 && none.errors.contains("no attempt 9"), "\(none)")
      }
    }

    @Test func aCancelledBuildIsGoneWithAllItsChildren() async throws {
      try await Cluster.run { cluster in
        try cluster.writeStubbornBundle("stuck")
        let pod = try await cluster.startPod("pod-a")
        try await cluster.done("package", "stuck")
        let build = try await cluster.waitUntilHeld("stuck", on: "pod-a")
        let children = Processes.descendants(of: build)
        #expect(children.count == 1, "the build has a child")

        let dry = try await cluster.json("cancel", "--running", "--dry-run").elements
        #expect(dry.map { $0["outcome"] } == [.string("would cancel")])
        #expect(Processes.isAlive(build))
        #expect(try await cluster.bundletop("cancel", "--running").status == 64)

        let answer = try await cluster.json("cancel", "stuck", "--reason", "wrong branch").elements
        #expect(answer.map { $0["outcome"] } == [.string("cancelled")])
        // Two seconds are promised; the machine of the tests may be busy.
        try await cluster.wait("no process of the build is left", within: .seconds(60)) {
          !Processes.isAlive(build) && !children.contains { Processes.isAlive($0) }
        }
        #expect(try await cluster.status("stuck") == "failed failed 1")
        #expect(try await cluster.attempts("stuck") == ["1 pod-a cancelled"])
        #expect(try await cluster.lines("select error from example_bundle_status") == ["cancelled by tester"])
        try await cluster.wait("its workspace is gone") { cluster.workspaces() == [] }
        #expect(pod.process.isRunning)
        let again = try await cluster.bundletop("cancel", "stuck")
        #expect(again.status == 1 && again.errors.contains("already cancelled"), "\(again)")

        // A retry may follow at once, and is cancelled again.
        try await cluster.done("retry", "stuck")
        let second = try await cluster.waitUntilHeld("stuck", attempt: 2, on: "pod-a")
        let all = try await cluster.json("cancel", "--running", "--yes").elements
        #expect(all.map { $0["slug"] } == [.string("stuck")])
        try await cluster.wait("the second build is gone, too", within: .seconds(60)) { !Processes.isAlive(second) }
        let operations = try await cluster.json("operations", "stuck", "--what", "cancel").elements
        #expect(
          operations.map { $0["result"].text } == ["cancelled", "refused: it is already cancelled", "cancelled"])
        #expect(operations.last?["why"] == .string("wrong branch"))
      }
    }

    @Test func pausesAreShownWhereverSomebodyWonders() async throws {
      try await Cluster.run { cluster in
        for slug in ["alpha", "beta"] { try cluster.writeBundle(slug) }
        try await cluster.startPod("pod-a")
        let terminal = try await cluster.openDashboard(columns: 200)
        try await terminal.waitFor("pods 1/1")

        let paused = try await cluster.json("pause", "--reason", "the disks are swapped")
        #expect(paused["outcome"] == .string("paused") && paused["pod"] == .null)
        #expect(try await cluster.json("pause")["outcome"] == .string("unchanged"))
        try await terminal.waitForScreen("the dashboard says why nothing moves") {
          $0.contains("claiming is paused on all pods by tester") && $0.contains("the disks are swapped")
        }
        let pods = try await cluster.done("pods")
        #expect(pods.contains("paused") && pods.contains("by tester") && pods.contains("the disks are swapped"))
        #expect(try await cluster.json("pods").elements.map { $0["pausedBy"] } == [.string("tester")])

        try await cluster.done("package", "alpha")
        #expect(try await cluster.json("resume")["outcome"] == .string("resumed"))
        try await cluster.waitUntilCompleted("alpha")
        try await terminal.waitForScreen("the banner is gone") { !$0.contains("claiming is paused") }

        // One pod by its name; a resume of all leaves that alone and says so.
        try await cluster.done("pause", "pod-a")
        #expect(try await cluster.bundletop("pause", "pod-z").status == 1)
        try await cluster.done("package", "beta")
        let all = try await cluster.json("resume")
        #expect(all["outcome"] == .string("unchanged") && all["reason"].text?.contains("pod pod-a") == true)
        try await terminal.waitFor("claiming is paused on pod pod-a by tester")
        #expect(try await cluster.status("beta") == "queued queued 1")
        try await cluster.done("resume", "pod-a")
        try await cluster.waitUntilCompleted("beta")
        let kinds = try await cluster.json("operations").elements.compactMap { $0["what"].text }
        #expect(kinds.count { $0 == "pause" } == 4 && kinds.count { $0 == "resume" } == 3)
        await terminal.close()
      }
    }

    @Test func wishesHaveKeysOrderAndTime() async throws {
      try await Cluster.run { cluster in
        for slug in ["a", "b", "c", "later"] { try cluster.writeBundle(slug) }
        try await cluster.startPod("pod-a", arguments: ["--concurrency", "1"])
        try await cluster.done("pause")
        for (slug, priority) in [("c", "5"), ("a", "-1"), ("b", "3")] {
          try await cluster.done("package", slug, "--priority", priority)
        }
        try await cluster.done("package", "later", "--delay", "3600")
        let first = try await cluster.json("package", "c", "--key", "nightly").elements
        let second = try await cluster.json("package", "c", "--key", "nightly", "--force").elements
        #expect(first.map { $0["outcome"] } == [.string("merged")])
        #expect(second.map { $0["outcome"] } == [.string("repeated")])
        #expect(second.map { $0["jobId"] } == first.map { $0["jobId"] })
        #expect(
          try await cluster.lines(
            "select coalesce(options ->> 'force', 'no') from example_bundle_jobs where slug = 'c'"
          )
          .allSatisfy { $0 != "true" })
        try await cluster.done("resume")
        for slug in ["a", "b"] { try await cluster.waitUntilCompleted(slug) }
        // Asked for again without a number, c has the one that goes first of both.
        try await cluster.waitUntilCompleted("c")
        #expect(
          try await cluster.lines("select slug from example_bundle_attempts order by started_at") == [
            "a", "c", "b",
          ])
        #expect(try await cluster.status("later") == "queued queued 1")
        #expect(
          try await cluster.lines(
            "select (run_at > now() + interval '50 min')::text from example_bundle_jobs where slug = 'later'")
            == ["true"])
        #expect(try await cluster.json("cancel", "later").elements.map { $0["outcome"] } == [.string("cancelled")])
        for wrong in [["--delay", "-1"], ["--priority", "5000"], ["--key", ""]] {
          #expect(try await cluster.bundletop(["package", "a"] + wrong).status == 64, "\(wrong)")
        }
      }
    }
  }
}

extension Cluster {
  /// Writes a bundle whose build and its child do not end by themselves and do not care for SIGTERM.
  fileprivate func writeStubbornBundle(_ slug: String) throws {
    try writeBundle(
      slug, build: ["python3", "tools/build.py"],
      files: [
        "tools/build.py": """
        import os, signal, subprocess
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen(["tail", "-f", "/dev/null"])
        print("progress 10% held by", os.getpid(), flush=True)
        child.wait()
        """
      ])
  }
}
