import BundleModel
import Glibc
import HTTPTransport
import Hashing
import TestSupport
import Testing

extension EndToEnd {
  /// Pods that answer from their directories.
  @Suite struct DirectoryReads {
    private static let list = "/examples/bundles/status"

    @Test func twoPodsAreComparedByWhatTheirFilesHold() async throws {
      try await Cluster.run { cluster in
        for slug in ["alpha", "beta", "gamma"] { try cluster.writeBundle(slug) }
        let a = try await cluster.startDualServer("pod-a", in: "legacy-a")
        let b = try await cluster.startDualServer("pod-b", in: "legacy-b")
        try await cluster.done("package", "--all", "--wait")
        try await cluster.wait("both answer from their directories") {
          for pod in [a, b] {
            let answer = try await pod.get(Self.list)
            guard answer.headers["bundle-reads"] == "directory",
              try JSON(parsing: answer.text)["data"]["statuses"].elements.allSatisfy({
                $0["state"] == .string("completed") && $0["downloadUrl"].text != nil
              })
            else { return false }
          }
          return true
        }
        // What is linked to comes out of the directory, whole.
        let status = try await a.json(Self.list)["data"]["statuses"].elements[0]
        let archive = try await a.get(try #require(status["downloadUrl"].text))
        #expect(archive.status == 200)
        #expect(Checksum(digest: SHA256.digest(of: archive.body))?.hex == status["checksum"].text)

        let access = cluster.environment(asking: [a, b])
        let equal = try await cluster.bundletop("pods", "--compare", "--json", changing: access)
        #expect(equal.status == 0, "\(equal)")
        #expect(
          try JSON(parsing: equal.output)["pods"].elements.map { $0["reads"] }
            == [.string("directory"), .string("directory")])
        // Who cannot be reached says of itself what its files hold.
        try await cluster.wait("both publish a digest that others know again") {
          let half = try await cluster.bundletop(
            "pods", "--compare", "--json", changing: cluster.environment(asking: [a]))
          guard half.status == 0 else { return false }
          let verdicts = try JSON(parsing: half.output)["pods"].elements.map { $0["verdict"] }
          return verdicts == [.string("equal"), .string("equal")]
        }
        // A hand in the files of one pod is found, and named.
        let file = try cluster.folder.read("legacy-b/status/beta.json")
        try cluster.folder.write(
          file.replacing("\"version\": \"1.0.0\"", with: "\"version\": \"6.6.6\""), to: "legacy-b/status/beta.json")
        let different = try await cluster.bundletop("pods", "--compare", "--json", changing: access)
        #expect(different.status == 2, "\(different)")
        let difference = try JSON(parsing: different.output)["pods"].elements[1]["difference"]
        #expect(difference["slug"] == .string("beta") && difference["field"] == .string("version"))
        #expect(difference["served"] == .string("6.6.6") && difference["held"] == .string("1.0.0"))

        // Read from the database they are the same, to the byte.
        _ = try await cluster.lines("insert into bundletop_control (key, value) values ('reads.from', 'database')")
        let (one, two) = (try await a.get(Self.list), try await b.get(Self.list))
        #expect(one.body == two.body && one.headers["bundle-reads"] == "database")
        #expect(try await cluster.bundletop("pods", "--compare", changing: access).status == 0)
      }
    }

    @Test func aDirectoryThatIsMovedAwayUnderLoadCostsNoAnswer() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("alpha")
        let pod = try await cluster.startDualServer("pod-a", in: "legacy-a")
        try await cluster.done("package", "--all", "--wait")
        func reads() async throws -> String? {
          let answer = try await pod.get(Self.list)
          #expect(answer.status == 200)
          #expect(
            try JSON(parsing: answer.text)["data"]["statuses"].elements.map { $0["slug"] } == [.string("alpha")])
          return answer.headers["bundle-reads"]
        }
        for turn in 0..<2 {
          // A follower that was done before anybody asked again says so once more within a minute.
          try await cluster.wait("it answers from its directory, turn \(turn)", within: .seconds(150)) {
            try await reads() == "directory"
          }
          #expect(rename("\(cluster.folder.path)/legacy-a", "\(cluster.folder.path)/away-\(turn)") == 0)
          #expect(try await reads() == "database")
        }
      }
    }
  }
}

extension Cluster {
  /// Starts a pod that writes to the database and to a folder of the cluster.
  func startDualServer(_ name: String, in legacy: String) async throws -> ServingPod {
    try await startServingPod(
      name, arguments: ["--legacy-dir", "\(folder.path)/\(legacy)"], changing: ["APPHUB_BUNDLE_PERSISTENCE": "dual"]
    )
  }
}
