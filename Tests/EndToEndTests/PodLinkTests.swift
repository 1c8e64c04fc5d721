import HTTPTransport
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct PodLinks {
    /// The settings of an operator who has neither storage keys nor a database.
    private static let bare = [
      "BACKEND", "BUCKET", "ENDPOINT", "REGION", "FORCE_PATH_STYLE", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY",
    ].reduce(into: ["DATABASE_URL": ""]) { $0["APPHUB_BUNDLE_STORAGE_" + $1] = "" }

    @Test func aPodSignsForWhoHasNoStorageKeys() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("wanted")
        let pods = [try await cluster.startServingPod("pod-a"), try await cluster.startServingPod("pod-b")]
        try await cluster.done("package", "wanted", "--wait")
        let checksum = try await cluster.checksum("wanted")
        let settings = Self.bare.merging(cluster.environment(asking: pods)) { $1 }

        // Who has no keys need not say so.
        for arguments in [["sign", "wanted"], ["sign", "wanted", "--via", "pod", "--ttl", "60"]] {
          let signed = try await cluster.bundletop(arguments, changing: settings)
          #expect(signed.status == 0 && signed.errors == "")
          let url = String(signed.output.prefix { $0 != "\n" })
          #expect(url.contains("X-Amz-Expires=\(arguments.count > 2 ? 60 : 300)&"))
          #expect(try await cluster.fetch(url).checksum == checksum)
        }
        let json = try JSON(
          parsing: try await cluster.bundletop(["sign", "wanted", "--json"], changing: settings).output)
        #expect(json.keys == ["url", "expiresAt", "checksum"] && json["checksum"] == .string(checksum))
        #expect(
          try await cluster.lines(
            "select distinct concat_ws(' ', what, who, slug, result) from example_bundle_operations where what = 'sign'"
          )
            == ["sign writer wanted signed"])

        // Who has keys signs with them, unless told otherwise.
        let both = cluster.environment(asking: pods)
        #expect(try await cluster.bundletop(["sign", "wanted"], changing: both).status == 0)
        #expect(
          try await cluster.lines("select who from example_bundle_operations order by id desc limit 1") == [
            "tester"
          ])
        #expect(try await cluster.bundletop(["sign", "wanted", "--via", "pod"], changing: both).status == 0)
        #expect(
          try await cluster.lines("select who from example_bundle_operations order by id desc limit 1") == [
            "writer"
          ])

        // A pod that is away is passed over; what one refuses is not asked of the next.
        let first = ["BUNDLETOP_POD_URLS": "http://127.0.0.1:1 \(pods[1].url)"]
        #expect(
          try await cluster.bundletop(["sign", "wanted"], changing: settings.merging(first) { $1 }).status == 0)
        let table: [(arguments: [String], changing: [String: String], status: Int32, says: String)] = [
          (["sign", "nowhere"], [:], 1, "example bundle artifact not found (404)"),
          (["sign", "wanted"], ["BUNDLETOP_TOKEN": ""], 77, "authorization required (401)"),
          (["sign", "wanted"], ["BUNDLETOP_TOKEN": "wrong-token"], 77, "forbidden (403)"),
          (
            ["sign", "wanted"], ["BUNDLETOP_POD_URLS": "http://127.0.0.1:1"], 69,
            "http://127.0.0.1:1 cannot be asked"
          ),
          (["sign", "wanted"], ["BUNDLETOP_POD_URLS": "ftp://u:pw@host"], 64, "BUNDLETOP_POD_URLS takes"),
          (["sign", "wanted", "--via", "pod"], ["BUNDLETOP_POD_URLS": ""], 64, "--pod-url"),
          (["sign", "wanted", "--pod-url", "nonsense"], [:], 64, "--pod-url takes"),
          (["sign", "wanted", "--via", "direct", "--pod-url", "http://a"], [:], 64, "--via pod"),
        ]
        for (arguments, changing, status, says) in table {
          let answer = try await cluster.bundletop(arguments, changing: settings.merging(changing) { $1 })
          answer.expectComplaint(status, saying: says, of: arguments)
          #expect(!answer.errors.contains("pw@") && !answer.errors.contains("wrong-token"))
        }
      }
    }

    @Test func theLinkOfAStatusFetchesTheArchiveByEveryWayAndWhileItIsRebuilt() async throws {
      try await Cluster.run { cluster in
        try cluster.writeHeldBundle("held", bytes: 3 << 20)
        let pod = try await cluster.startServingPod(
          "pod-a", changing: ["APPHUB_BUNDLE_INTERNAL_HOSTS": "pods.internal"])
        try cluster.release("held")
        try await cluster.done("package", "held", "--wait")
        let status = try #require(try await pod.json("/examples/bundles/status")["data"]["statuses"].elements.first)
        let route = try #require(status["downloadUrl"].text)
        #expect(route.hasPrefix("/examples/bundles/held/fingerprints/"))
        let checksum = try #require(status["checksum"].text)

        // The next build has other inputs, and holds.
        try cluster.writeHeldBundle("held", bytes: 1000)
        _ = try await Program.run("rm", ["\(cluster.folder.path)/held.gate"])
        for isRebuilding in [false, true] {
          if isRebuilding {
            try await cluster.done("package", "held", "--force")
            try await cluster.wait("held is built again") {
              try await cluster.lines("select message from example_bundle_status where slug = 'held'").first?
                .hasPrefix("held by") == true
            }
          }
          for query in ["", "?via=public", "?via=internal", "?via=stream"] {
            let file = "\(cluster.folder.path)/download"
            let fetched = try await Program.run(
              "curl",
              ["-sL", "--max-time", "60", "--output", file, "--write-out", "%{http_code} %{num_redirects}"]
                + pod.authorization(.reader).flatMap { ["-H", "\($0.name): \($0.value)"] } + [
                  pod.url + route + query
                ])
            #expect(fetched.output == (query == "?via=stream" ? "200 0" : "200 1"), "\(query)")
            #expect(try await Program.run("sha256sum", [file]).output.prefix(64) == checksum, "\(query)")
          }
          let part = try await pod.get(route + "?via=stream", headers: [HTTPHeader("range", "bytes=0-9")])
          #expect(part.status == 206 && part.received == 10)
          #expect(try await pod.get(route, as: .nobody).status == 401)
        }
        try cluster.release("held")
        try await cluster.waitUntilCompleted("held")
      }
    }
  }
}
