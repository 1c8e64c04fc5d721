import LocalStack
import S3Stub
import TestSupport
import Testing

extension EndToEnd {
  /// What is built once is found by every pod, and only a clear "no such object" leads to a rebuild.
  @Suite struct Cache {
    @Test func whatOnePodWasForcedToBuildTheOtherFindsWithoutAnUpload() async throws {
      try await Cluster.run { cluster in
        let stub = try S3Stub()
        defer { stub.stop() }
        let environment = Cluster.environment(of: stub)
        let slugs = ["one", "three", "two"]
        for slug in slugs { try cluster.writeBundle(slug) }
        let a = try await cluster.startPod("pod-a", changing: environment)
        try await cluster.done("package", "--all", "--force", "--wait")
        let uploads = stub.count(.putObject)
        #expect(uploads == 3)
        await a.process.stop()

        try await cluster.startPod("pod-b", changing: environment)
        let second = try await cluster.json("package", "--all", "--wait").elements
        #expect(second.map { $0["slug"].text } == slugs)
        #expect(second.allSatisfy { $0["status"]["cached"] == .boolean(true) })
        #expect(second.allSatisfy { $0["status"]["pod"] == .string("pod-b") })
        #expect(stub.count(.putObject) == uploads && stub.count(.createUpload) == 0)
        #expect(
          try await cluster.lines(
            "select concat_ws(' ', cached, count(*)) from example_bundle_attempts group by cached order by cached")
            == ["f 3", "t 3"])

        let pods = try await cluster.json("pods").elements
        #expect(pods.map { $0["cacheHits"] } == [.number(0), .number(3)])
        #expect(pods.map { $0["cacheMisses"] } == [.number(3), .number(0)])

        // Forced once more: the same bytes are there already, and nothing is sent.
        try await cluster.done("package", "--all", "--force", "--wait")
        #expect(stub.count(.putObject) == uploads)
      }
    }

    @Test(arguments: [(403, "AccessDenied"), (500, "InternalError")])
    func aStoreThatDoesNotAnswerIsNoEmptyStore(status: Int, code: String) async throws {
      try await Cluster.run { cluster in
        let stub = try S3Stub()
        defer { stub.stop() }
        try cluster.writeBundle("alpha")
        try await cluster.startPod("pod-a", changing: Cluster.environment(of: stub))
        try await cluster.done("package", "alpha", "--wait")
        stub.fail(.headObject, times: .max, with: .refuse(status, code))
        try await cluster.done("package", "alpha")
        try await cluster.wait("an attempt has failed for the store", within: .seconds(60)) {
          try await cluster.lines(
            "select concat_ws(' ', outcome, error_class) from example_bundle_attempts order by started_at desc"
          ).contains("failed storage")
        }
        stub.heal()
        try await cluster.waitUntilCompleted("alpha", within: .seconds(60))
        let ends = try await cluster.lines(
          "select concat_ws(' ', outcome, error_class, cached) from example_bundle_attempts order by started_at")
        #expect(ends.first == "completed f" && ends.last == "completed t", "\(ends)")
        #expect(ends.dropFirst().dropLast().allSatisfy { $0.hasPrefix("failed storage") }, "\(ends)")
        #expect(stub.count(.putObject) == 1, "nothing was built or uploaded again")
        #expect(
          try await cluster.lines("select verification from example_bundle_artifacts") == ["match"],
          "nobody called it missing")
      }
    }

    @Test func twoPodsThatAreAskedAtOnceBuildOnce() async throws {
      try await Cluster.run { cluster in
        try cluster.writeHeldBundle("slow")
        for name in ["pod-a", "pod-b"] { try await cluster.startPod(name) }
        async let first = cluster.bundletop("package", "slow", "--wait")
        async let second = cluster.bundletop("package", "slow", "--wait")
        try await cluster.wait("it is built", for: ["1"], in: "select count(*)::text from example_bundle_attempts")
        // A third wish while it is being built follows it, and finds it in the cache.
        let third = try await cluster.json("package", "slow").elements
        #expect(third.map { $0["outcome"] } == [.string("waiting")])
        try cluster.release("slow")
        #expect(try await first.status == 0)
        #expect(try await second.status == 0)
        try await cluster.wait(
          "all wishes have ended", for: ["0"],
          in: "select count(*)::text from example_bundle_jobs where state in ('queued', 'running')")
        let built = "select count(*)::text from example_bundle_attempts where not cached"
        #expect(try await cluster.lines(built) == ["1"])
        let ends = try await cluster.lines("select distinct outcome from example_bundle_attempts")
        #expect(ends == ["completed"])
        #expect(try await cluster.lines("select count(*)::text from example_bundle_artifacts") == ["1"])
        #expect(try await cluster.objectTimes().count == 1)
      }
    }

    @Test func whatInstallsWithoutALockFileIsNeverAnsweredFromTheCache() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("loose", files: ["package.json": #"{"name": "loose", "version": "1.0.0"}"#])
        try cluster.writeBundle("tight")
        try await cluster.startPod("pod-a")
        for _ in 0..<2 { try await cluster.done("package", "loose", "tight", "--wait") }
        let ends = try await cluster.lines(
          "select concat_ws(' ', slug, outcome, cached) from example_bundle_attempts order by slug, started_at")
        #expect(ends == ["loose completed f", "loose completed f", "tight completed f", "tight completed t"])
      }
    }
  }
}
