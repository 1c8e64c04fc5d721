import HTTPTransport
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct Monitoring {
    @Test func theNumbersOfAPodAreThoseOfItsWork() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("one")
        try cluster.writeBrokenBundle("two")
        let pod = try await cluster.startServingPod("pod-a")
        try await cluster.done("package", "one", "--wait")
        try await cluster.done("package", "one", "--wait")
        _ = try await cluster.bundletop("package", "two", "--wait")
        #expect(try await pod.post("/examples/bundles/one/sign").status == 200)
        // Not the list of statuses: the pod reads that of itself.
        #expect(try await pod.get("/pods").status == 200)
        #expect(try await pod.get("/metrics").status == 404)

        let lines = [
          "catalog_bundle_jobs_total{outcome=\"failed\"} 1",
          "catalog_bundle_jobs_total{outcome=\"completed\"} 2", "catalog_bundle_jobs_total{outcome=\"lost\"} 0",
          "catalog_bundle_cache_requests_total{result=\"hit\"} 1",
          "catalog_artifact_upload_duration_seconds_count 1",
          "catalog_bundle_stage_duration_seconds_count{stage=\"cache-hit\"} 1",
          "catalog_bundle_leases_active 0", "catalog_ready 1", "catalog_queue_jobs{state=\"queued\"} 0",
          "catalog_signed_urls_issued_total{backend=\"s3\"} 1",
          "catalog_health_check{check=\"objectStore:access\"} 0",
          "catalog_http_requests_total{method=\"GET\",route=\"/pods\",status=\"200\"} 1",
        ]
        // The pod counts an attempt after its end can be seen, and on a busy machine a check may be late once.
        var page = ""
        _ = try await eventually(within: .seconds(60), every: .milliseconds(100), "these lines are there") {
          page = try await pod.get(pod.metricsURL + "/metrics", as: .nobody).text
          return lines.filter { !page.contains("\n\($0)\n") }
        } until: { missing in
          missing.isEmpty
        }
        #expect(!page.contains("\ncatalog_artifact_upload_bytes_total 0\n"))
        #expect(
          page.contains("\nprocess_resident_memory_bytes ") && page.contains("{pool=\"work\",state=\"idle\"}"))
        cluster.note(page)
      }
    }

    /// Whether there is one warning, with these words; on a busy machine another may come and go.
    private func warns(_ health: JSON, _ words: String) -> Bool {
      health["warnings"].elements.count == 1
        && health["warnings"].elements.first?.text?.hasPrefix(words) == true
    }

    @Test func healthTellsNotMigratedFromLeftovers() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("one")
        let old = try cluster.folder.makeFolder("old")
        _ = try cluster.folder.makeFolder("old/status")
        let moment = "\"2020-01-01T00:00:00.000Z\""
        _ = try cluster.folder.write(
          "{\"slug\":\"one\",\"fingerprint\":\"f1\",\"stage\":\"failed\",\"state\":\"failed\","
            + "\"updatedAt\":\(moment),\"createdAt\":\(moment)}", to: "old/status/one.json")
        let variables = ["APPHUB_BUNDLE_LEGACY_DIR": old]
        let before = try await cluster.startServingPod("pod-a", changing: variables)
        let health = try await eventually(
          within: .seconds(60), every: .milliseconds(500), "one warning",
          { try await before.json("/health", as: .nobody) }, until: { warns($0, "not migrated: 1 ") })
        #expect(health["status"] == .string("warn"))
        #expect(health["checks"]["legacyData:files"]["status"] == .string("warn"))
        try await cluster.wait("it is ready all the same") {
          try await before.get("/health/ready", as: .nobody).status == 200
        }
        try await cluster.done("package", "one", "--wait")
        // A pod that starts now has looked at nothing yet.
        let after = try await cluster.startServingPod("pod-b", changing: variables)
        try await eventually(
          within: .seconds(60), every: .milliseconds(500), "one warning",
          { try await after.json("/health", as: .nobody) }, until: { warns($0, "migrated, leftovers: 1 ") })
      }
    }

    @Test func aLogOfJSONNamesTheRequestAndNoSecret() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("one")
        let pod = try await cluster.startPod(
          "pod-a", arguments: ["--listen", "127.0.0.1:0", "--log-format", "json", "--log-level", "debug"])
        let port = try #require(
          pod.log.split(separator: "\"address\":\"127.0.0.1:").last.flatMap { Int($0.prefix { $0.isNumber }) })
        let answer = try await HTTPClient().send(
          HTTPRequest(
            .get, "http://127.0.0.1:\(port)/examples/bundles/status?token=very-secret",
            headers: [
              HTTPHeader("x-request-id", "request-4711"), HTTPHeader("authorization", "Bearer very-secret"),
            ], sink: .memory(limit: 1 << 20), limits: .within(.seconds(60))))
        #expect(answer.status == 200)
        let line = try await eventually(
          within: .seconds(40), "the request is in the log",
          { pod.log.split(separator: "\n").first { $0.contains("request-4711") } }, until: { $0 != nil })
        let entry = try JSON(parsing: String(try #require(line)))
        #expect(entry["operation"] == .string("listStatuses") && entry["status"] == .string("200"))
        #expect(entry["level"] == .string("debug") && entry["pod"] == .string("pod-a"))
        // The pod goes on writing: the last line may be there in part.
        for line in pod.log.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
          _ = try JSON(parsing: String(line))
        }
        #expect(!pod.log.contains("very-secret"))
      }
    }
  }
}
