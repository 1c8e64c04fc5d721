import BundleModel
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct ManyJobs {
    @Test func twoPodsPackageFortyBundlesOnceEachAndTheSecondRoundComesFromTheCache() async throws {
      try await Cluster.run { cluster in
        let slugs = (0..<40).map { "job-" + $0.padded(2) }
        for slug in slugs { try cluster.writeBundle(slug) }
        let pods = [
          try await cluster.startPod("pod-a", arguments: ["--concurrency", "2"]),
          try await cluster.startPod("pod-b", arguments: ["--concurrency", "2"]),
        ]
        let first = try await cluster.json("package", "--all", "--wait")
        #expect(first.elements.map { $0["slug"].text } == slugs)
        #expect(first.elements.allSatisfy { $0["status"]["cached"] == .boolean(false) })

        // Each job once: one attempt, one artifact, one object.
        let ends =
          "select concat_ws(' ', slug, attempt, outcome) from example_bundle_attempts order by slug, attempt"
        #expect(try await cluster.lines(ends) == slugs.map { "\($0) 1 completed" })
        let once = "select slug from example_bundle_jobs where state = 'completed' order by slug"
        #expect(try await cluster.lines(once) == slugs)
        let objects = try await cluster.objectTimes()
        #expect(objects.count == 40)
        #expect(
          try await cluster.lines("select storage_key from example_bundle_artifacts order by storage_key")
            == objects.keys.sorted())
        let builders = try await cluster.builders()
        #expect(Set(builders.values) == ["pod-a", "pod-b"], "both pods take part")

        // One pod leaves, so that all of its bundles are found in the cache by the other.
        await pods[0].process.stop()
        let second = try await cluster.json("package", "--all", "--wait")
        #expect(second.elements.count == 40)
        #expect(second.elements.count { $0["status"]["cached"] == .boolean(true) } == 40)
        #expect(second.elements.count { $0["status"]["pod"] == .string("pod-b") } == 40)
        #expect(slugs.contains { builders[$0] == "pod-a" })
        #expect(try await cluster.objectTimes() == objects, "nothing is uploaded twice")
        #expect(try await cluster.lines("select count(*)::text from example_bundle_artifacts") == ["40"])
        let stages = """
          select distinct stage ->> 'stage' from example_bundle_attempts, jsonb_array_elements(stages) stage
           where cached
          """
        #expect(Set(try await cluster.lines(stages)) == ["resolving", "cache-hit"])
        #expect(cluster.workspaces() == [])
      }
    }

    @Test func whatTheCacheHasLostIsBuiltAgain() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("kept")
        try cluster.writeBundle("vanished")
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "--all", "--wait")
        let before = try await cluster.json("list")
        try await cluster.removeObjects(of: "vanished")
        let again = try await cluster.json("package", "--all", "--wait")
        #expect(again.elements.map { $0["status"]["cached"] } == [.boolean(true), .boolean(false)])
        #expect(again.elements.map { $0["status"]["checksum"] } == before.elements.map { $0["checksum"] })
        #expect(try await cluster.objectTimes().count == 2)
      }
    }
  }
}

extension Cluster {
  /// Which pod built each bundle first.
  fileprivate func builders() async throws -> [String: String] {
    let lines = try await lines(
      "select concat_ws(' ', slug, pod) from example_bundle_attempts where outcome = 'completed' and not cached")
    return Dictionary(
      uniqueKeysWithValues: lines.map { line in
        let words = line.split(separator: " ")
        return (String(words[0]), String(words[1]))
      })
  }
}
