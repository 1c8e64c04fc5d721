import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct Catalogue {
    @Test func onlyAPodThatOffersABundlePackagesIt() async throws {
      try await Cluster.run { cluster in
        for slug in ["common", "only-a"] { try cluster.writeBundle(slug, in: "a") }
        for slug in ["common", "only-b"] { try cluster.writeBundle(slug, in: "b") }
        let a = try await cluster.startPod("pod-a", examples: "a")
        try await cluster.startPod("pod-b", examples: "b")
        try await cluster.done("package", "only-a", "only-b", "--wait")
        #expect(try await cluster.attempts("only-a") == ["1 pod-a completed"])
        #expect(try await cluster.attempts("only-b") == ["1 pod-b completed"])

        // Nobody else takes a job of a bundle whose only pod has left.
        await a.process.stop()
        let asked = try await cluster.bundletop("package", "only-a", "--force")
        #expect(asked.status == 0)
        #expect(asked.output.contains("no pod has this bundle"))
        try await cluster.done("package", "only-b", "common", "--force", "--wait")
        #expect(try await cluster.status("only-a") == "queued queued 1")
        try await cluster.startPod("pod-a", examples: "a")
        try await cluster.waitUntilCompleted("only-a")
        #expect(try await cluster.attempts("only-a").last == "1 pod-a completed")
      }
    }

    @Test func aSlugInTwoPlacesIsOfferedByNeitherAndBothAreNamed() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("twin", place: "first/twin")
        try cluster.writeBundle("twin", place: "second/deeper/twin")
        try cluster.writeBundle("single", place: "second/single")
        let pod = try await cluster.startPod("pod-a")
        let places = ["first/twin", "second/deeper/twin"].map { "\(cluster.folder.path)/examples/\($0)" }

        let asked = try await cluster.bundletop("package", "twin")
        #expect(asked.status == 1)
        #expect(asked.output == "")
        #expect(asked.errors.split(separator: "\n").count == 1)
        let pods = try await cluster.done("pods")
        let noted = try await cluster.json("pods").elements.flatMap { $0["notes"].elements }.compactMap(\.text)
        for place in places {
          #expect(asked.errors.contains(place))
          #expect(pods.contains(place))
          #expect(noted.contains { $0.hasPrefix("twin: ") && $0.contains(place) })
          #expect(pod.log.split(separator: "\n").contains { $0.contains("not offered") && $0.contains(place) })
        }

        let all = try await cluster.json("package", "--all", "--wait")
        #expect(all.elements.map { $0["slug"] } == [.string("single")])
        #expect(try await cluster.status("single") == "completed completed 1")
        #expect(try await cluster.status("twin") == "")
      }
    }
  }
}
