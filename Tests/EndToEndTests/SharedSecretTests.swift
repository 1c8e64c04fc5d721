import TestSupport
import Testing

extension EndToEnd {
  @Suite struct SharedSecret {
    private let local = ["APPHUB_BUNDLE_STORAGE_BACKEND": "local", "APPHUB_BUNDLE_STORAGE_ENDPOINT": ""]

    /// Links that one pod signs must work on all, so a second pod with a key of its own does not work.
    @Test func aSecondPodWithItsOwnLinkKeyDoesNotClaim() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("one")
        let root = ["APPHUB_BUNDLE_STORAGE_ROOT": cluster.folder.path + "/archives"]
        let settings = local.merging(root) { $1 }
        let first = try await cluster.startPod("pod-a", changing: settings)
        let second = try await cluster.startPod("pod-b", changing: settings)
        try await cluster.wait("pod-b says that it does not claim") { second.log.contains("not claiming") }
        #expect(second.log.contains("APPHUB_BUNDLE_STORAGE_SIGNING_SECRET is not set"))
        try await cluster.done("package", "one", "--wait")
        #expect(try await cluster.lines("select distinct pod from example_bundle_attempts") == ["pod-a"])
        #expect(!first.log.contains("not claiming"))
      }
    }

    @Test func podsThatShareTheSecretBothClaim() async throws {
      try await Cluster.run { cluster in
        let secret = try cluster.folder.write("2026a:a-secret-for-both-pods\n", to: "secret")
        let settings = local.merging([
          "APPHUB_BUNDLE_STORAGE_ROOT": cluster.folder.path + "/archives",
          "APPHUB_BUNDLE_STORAGE_SIGNING_SECRET_FILE": secret,
        ]) { $1 }
        for slug in ["one", "two"] { try cluster.writeBundle(slug, in: slug) }
        let pods = [
          try await cluster.startPod("pod-a", examples: "one", changing: settings),
          try await cluster.startPod("pod-b", examples: "two", changing: settings),
        ]
        try await cluster.done("package", "--all", "--wait")
        for pod in pods { #expect(!pod.log.contains("not claiming") && !pod.log.contains("SIGNING_SECRET")) }
      }
    }
  }
}
