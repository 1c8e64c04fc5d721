import BundleModel
internal import Glibc
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  /// Two pods whose builders make different bytes of the same sources.
  @Suite struct OtherBytes {
    /// A pod is stopped in the middle of its upload, another one completes with other bytes, and the first wakes up.
    @Test(arguments: [BuildTools.Flavour.deviant, .newer])
    func rowObjectAndLinksAgreeWhenASleeperWakesUp(_ flavour: BuildTools.Flavour) async throws {
      try await Cluster.run { cluster in
        try cluster.writeNodeBundle("twice", bytes: 6 << 20)
        let store = try HoldingProxy(to: cluster.objects.server.port)
        defer { store.end() }
        func start(_ name: String, _ tools: BuildTools) async throws -> PodProcess {
          try await cluster.startPod(
            name, times: .short, arguments: tools.arguments,
            changing: [
              "PATH": tools.searchPath, "TMPDIR": try cluster.folder.makeFolder("tmp/\(name)"),
              "APPHUB_BUNDLE_STORAGE_ENDPOINT": "http://127.0.0.1:\(store.port)",
            ])
        }
        let watch = try cluster.startWatch("bytes", "--json")
        let a = try await start("pod-a", try BuildTools(in: cluster.folder, name: "a"))
        store.hold("put", at: .body(after: 1 << 20), when: "PUT /\(cluster.objects.bucket)/twice")
        try await cluster.done("package", "twice")
        try await cluster.wait("a part is uploaded") { store.isReached("put") }
        a.process.kill(SIGSTOP)

        let b = try await start("pod-b", try BuildTools(in: cluster.folder, name: "b", flavour: flavour))
        try await cluster.waitUntilCompleted("twice")
        #expect(try await cluster.attempts("twice") == ["1 pod-a lost", "2 pod-b completed"])
        let checksum = try await cluster.checksum("twice")
        let link = try await cluster.done("sign", "twice").split(separator: "\n").first.map(String.init) ?? ""
        let truth = try await cluster.tables()

        store.release()
        a.process.kill(SIGCONT)
        try await cluster.wait("the sleeper knows that it lost") { a.log.contains("ended as lost") }
        #expect(try await cluster.tables() == truth)
        #expect(try await cluster.checksum("twice") == checksum)
        let fetched = try await cluster.fetch(link)
        #expect(fetched.status == "200" && fetched.checksum == checksum, "a link that was issued before")
        #expect(try await cluster.fetchSigned("twice") == checksum)

        // The first pod builds it again, with its own bytes: the old link still opens the old ones.
        await b.process.stop()
        try await cluster.done("package", "twice", "--force", "--wait")
        let second = try await cluster.checksum("twice")
        #expect(second != checksum)
        #expect(try await cluster.fetchSigned("twice") == second)
        #expect(try await cluster.fetch(link).checksum == checksum)
        #expect(
          try await cluster.lines("select count(*)::text from example_bundle_artifacts")
            == [flavour == .newer ? "2" : "1"], "an artifact for each builder")
        try await cluster.requireSound(watch: watch)
        await watch.process.stop()
      }
    }

    /// Its last statement is on its way when it loses the job, so that only the fence can refuse it.
    @Test func whatArrivesTooLateIsRefused() async throws {
      try await Cluster.run { cluster in
        try cluster.writeNodeBundle("late")
        let database = try HoldingProxy(to: cluster.database.server.port)
        defer { database.end() }
        database.hold("complete", at: .request, when: "bundletop_complete", "late-1.0.0")
        let watch = try cluster.startWatch("late", "--json")
        // Its lease is so long that its transaction is not ended for it.
        let own = try BuildTools(in: cluster.folder, name: "a")
        let a = try await cluster.startPod(
          "pod-a", arguments: ["--lease", "90", "--renew-every", "70", "--stop-after", "80"] + own.arguments,
          changing: ["PATH": own.searchPath, "DATABASE_URL": cluster.databaseURL(port: database.port)])
        try await cluster.done("package", "late")
        try await cluster.wait("its last statement is on its way") { database.isReached("complete") }
        try await cluster.database.psql("update example_bundle_jobs set lease_until = now() - interval '1 s'")

        let tools = try BuildTools(in: cluster.folder, name: "b", flavour: .deviant)
        try await cluster.startPod("pod-b", arguments: tools.arguments, changing: ["PATH": tools.searchPath])
        try await cluster.waitUntilCompleted("late")
        database.release()
        try await cluster.wait("it knows that it lost") { a.log.contains("ended as lost") }
        #expect(try await cluster.attempts("late") == ["1 pod-a lost", "2 pod-b completed"])
        #expect(try await cluster.fetchSigned("late") == (try await cluster.checksum("late")))
        try await cluster.requireSound(watch: watch)
        await watch.process.stop()
      }
    }
  }
}
