import BundleModel
import HTTPTransport
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct PodsLens {
    private static let list = "/examples/bundles/status"

    @Test func podsServeTheSameBytesAndSaySo() async throws {
      try await Cluster.run { cluster in
        for slug in ["alpha", "beta", "gamma"] { try cluster.writeBundle(slug) }
        let a = try await cluster.startServingPod("pod-a")
        let b = try await cluster.startServingPod("pod-b")
        try await cluster.done("package", "--all", "--wait")

        let (one, two) = (try await a.get(Self.list), try await b.get(Self.list))
        #expect(one.status == 200 && one.body == two.body && !one.body.isEmpty)
        let tag = try #require(one.headers["etag"])
        #expect(two.headers["etag"] == tag)
        #expect(DatabaseSnapshot(try #require(one.headers["bundle-snapshot"])) != nil)
        #expect(one.headers["bundle-pod"] != two.headers["bundle-pod"])
        let known = try await b.get(Self.list, headers: [HTTPHeader("if-none-match", tag)])
        #expect(known.status == 304 && known.body.isEmpty && known.headers["bundle-snapshot"] != nil)

        let access = cluster.environment(asking: [a, b])
        let answer = try await cluster.bundletop("pods", "--compare", "--json", changing: access)
        #expect(answer.status == 0, "\(answer)")
        let report = try JSON(parsing: answer.output)
        #expect(report["equal"] == .boolean(true))
        #expect(report["digest"].text.map { "\"\($0)\"" } == tag)
        #expect(report["pods"].elements.map { $0["name"] } == [.string("pod-a"), .string("pod-b")])
        #expect(
          report["pods"].elements.allSatisfy {
            $0["verdict"] == .string("equal") && $0["source"] == .string("served")
          })

        // Each reads itself, and says so to who cannot reach it.
        let pods = try await eventually(within: .seconds(60), every: .milliseconds(250), "both publish the digest")
        {
          try await cluster.json("pods").elements
        } until: { pods in
          pods.count == 2 && pods.allSatisfy { $0["digest"].text.map { "\"\($0)\"" } == tag }
        }
        #expect(pods.map { $0["url"] } == [.string(a.url), .string(b.url)])
        #expect(pods.map { $0["metricsUrl"] } == [.string(a.metricsURL), .string(b.metricsURL)])
        let half = try await cluster.bundletop(
          "pods", "--compare", "--json", changing: cluster.environment(asking: [a]))
        #expect(half.status == 0, "\(half)")
        #expect(
          try JSON(parsing: half.output)["pods"].elements.map { $0["source"] }
            == [.string("served"), .string("self-reported")])
        #expect(try await cluster.bundletop("pods", "--compare", changing: access).output.contains("="))
      }
    }

    @Test func aBurstOfChangesIsNoDifference() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("alpha")
        let a = try await cluster.startServingPod("pod-a")
        let b = try await cluster.startServingPod("pod-b")
        try await cluster.done("package", "--all", "--wait")
        let access = cluster.environment(asking: [a, b])
        try await withThrowingTaskGroup { group in
          for writer in 0..<4 {
            group.addTask {
              var turn = 0
              while !Task.isCancelled {
                turn += 1
                _ = try await cluster.lines(
                  """
                  insert into example_bundle_status (slug, fingerprint, stage, state, message)
                  values ('hot-\(writer)-\(turn % 3)', 'f', 'packaging', 'running', 'turn \(turn)')
                  on conflict (slug) do update set message = excluded.message, updated_at = clock_timestamp()
                  """)
              }
            }
          }
          for asking in [access, access, cluster.environment(asking: [a]), access] {
            let answer = try await cluster.bundletop("pods", "--compare", "--json", changing: asking)
            #expect(answer.status == 0, "\(answer)")
          }
          group.cancelAll()
          // What a cancelled writer says does not matter.
          while let result = await group.nextResult() { _ = result }
        }
      }
    }

    @Test func whatReallyDiffersIsNamed() async throws {
      try await Cluster.run { cluster in
        for slug in ["alpha", "beta"] { try cluster.writeBundle(slug) }
        let a = try await cluster.startServingPod("pod-a")
        try await cluster.done("package", "--all", "--wait")
        let held = try await a.get(Self.list)
        let snapshot = try #require(held.headers["bundle-snapshot"])
        // A proxy before the pod that gives what it kept, and one that gives something else.
        let wrong = held.text.replacing(
          "\"slug\":\"beta\",\"stage\":\"completed\"", with: "\"slug\":\"beta\",\"stage\":\"failed\"")
        #expect(wrong != held.text)
        let liar = try ScriptedServer(.answer(200, headers: ["Bundle-Snapshot: \(snapshot)"], body: wrong))
        defer { liar.stop() }
        var access = cluster.environment(asking: [a])
        access["BUNDLETOP_POD_URLS", default: ""] += " http://127.0.0.1:\(liar.port)"
        let answer = try await cluster.bundletop("pods", "--compare", "--json", changing: access)
        #expect(answer.status == 2, "\(answer)")
        let report = try JSON(parsing: answer.output)
        #expect(report["equal"] == .boolean(false))
        let pods = report["pods"].elements
        #expect(pods.map { $0["verdict"] } == [.string("equal"), .string("different")])
        #expect(pods.last?["difference"]["slug"] == .string("beta"))
        #expect(pods.last?["difference"]["field"] == .string("stage"))
        #expect(pods.last?["difference"]["served"] == .string("failed"))
        #expect((pods.last?["milliseconds"].number ?? 0) >= 1000)
        let text = try await cluster.bundletop("pods", "--compare", changing: access)
        #expect(text.status == 2)
        #expect(
          text.output.contains("≠") && text.output.contains("beta: stage is served as failed, held as completed"))

        // A pod that nobody reaches, and that says of itself what is not so.
        _ = try await cluster.lines(
          """
          insert into example_bundle_pods (owner, name, version, persistence, store, concurrency, last_seen,
                                           digest, digest_snapshot, digest_at)
          values (gen_random_uuid(), 'pod-z', '1', 'database', 'x', 1, clock_timestamp() + interval '1 hour',
                  repeat('0', 64), pg_current_snapshot()::text, clock_timestamp() + interval '1 hour')
          """)
        let reported = try await cluster.bundletop(
          "pods", "--compare", "--json", changing: cluster.environment(asking: [a]))
        #expect(reported.status == 2, "\(reported)")
        let last = try JSON(parsing: reported.output)["pods"].elements.last
        #expect(last?["name"] == .string("pod-z") && last?["verdict"] == .string("different"))
        #expect(last?["source"] == .string("self-reported"))
      }
    }

    @Test func aWrongTokenIsNeverAnEqualPod() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("alpha")
        let a = try await cluster.startServingPod("pod-a")
        var access = cluster.environment(asking: [a])
        access["BUNDLETOP_TOKEN"] = "s3cret-nobodys"
        // Nothing is packaged, so no report of its own can be wrong either; the pod's own words count.
        _ = try await eventually(within: .seconds(60), every: .milliseconds(250), "it publishes a digest") {
          try await cluster.json("pods").elements.first?["digest"].text
        } until: {
          $0 != nil
        }
        let answer = try await cluster.bundletop("pods", "--compare", "--json", changing: access)
        #expect(answer.status == 0, "\(answer)")
        #expect(
          try JSON(parsing: answer.output)["pods"].elements.map { $0["source"] } == [.string("self-reported")])
        #expect(!answer.output.contains("s3cret") && !answer.errors.contains("s3cret"))
        // The token goes nowhere else than to the pods that were named, wherever the table says that they are.
        let thief = try ScriptedServer(.answer(200, body: "{}"))
        defer { thief.stop() }
        _ = try await cluster.lines("update example_bundle_pods set url = 'http://127.0.0.1:\(thief.port)'")
        _ = try await cluster.bundletop("pods", "--compare", changing: cluster.environment(asking: [a]))
        #expect(thief.requests.isEmpty)
      }
    }
  }
}
