import HTTPTransport
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct Serving {
    @Test func thePodsAnswerAlikeAndOnlyToThoseWithATokenOfTheirs() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("one")
        let pods = [try await cluster.startServingPod("pod-a"), try await cluster.startServingPod("pod-b")]
        try await cluster.done("package", "one", "--wait")
        var bodies: Set<[UInt8]> = []
        for pod in pods {
          #expect(try await pod.get("/examples/bundles/status", as: .nobody).status == 401)
          #expect(try await pod.get("/health/live", as: .nobody).status == 200)
          #expect(try await pod.get(pod.metricsURL + "/health/live", as: .nobody).status == 200)
          #expect(try await pod.get(pod.metricsURL + "/examples/bundles/status").status == 404)
          bodies.insert(try await pod.get("/examples/bundles/status").body)
          let statuses = try await pod.json("/examples/bundles/status", as: .writer)["data"]["statuses"].elements
          #expect(statuses.map { $0["slug"] } == [.string("one")])
          #expect(statuses.map { $0["state"] } == [.string("completed")])
        }
        #expect(bodies.count == 1)
      }
    }
  }
}
