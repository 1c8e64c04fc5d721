import BundleModel
import Glibc
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  /// Schemathesis asks the pod all that its description allows, and much that it does not. `make fuzz-http` runs the
  /// long form.
  @Suite struct Fuzz {
    /// No description can say that `expires` and `token` of a link belong together, or which slugs a pod knows:
    /// those that it does not know are 400, as AppHub has it.
    private static let settings = """
      headers = { Authorization = "Bearer ${BUNDLETOP_TOKEN}" }

      [[operations]]
      include-operation-id = ["downloadArtifact", "importBundle", "loadBundles"]
      checks.positive_data_acceptance.enabled = false

      """

    @Test func everyAnswerIsAsTheDescriptionSays() async throws {
      func setting(_ name: String) -> String? { getenv(name).map { String(cString: $0) }.flatMap(\.nonBlank) }
      let seed = setting("FUZZ_SEED") ?? "2026"
      try await Cluster.run { cluster in
        try cluster.writeBundle("one")
        let pod = try await cluster.startServingPod("pod-a")
        try await cluster.done("package", "one", "--wait")
        // Arguments can be read by everybody, so the token is in the environment. Streams have no end to wait for.
        let settings = try cluster.folder.write(Self.settings, to: "fuzz/schemathesis.toml")
        let result = try await Program.run(
          "timeout",
          [
            "--kill-after=5", setting("FUZZ_EXAMPLES") == nil ? "120" : "900",
            try TestTools.path("fuzz/bin/schemathesis"), "--config-file", settings, "run",
            "\(pod.url)/openapi.json",
            "--exclude-operation-id", "followEvents", "--max-examples", setting("FUZZ_EXAMPLES") ?? "10",
            "--seed", seed, "--request-timeout", "20", "--no-color", "--max-redirects", "0",
            // What follows from what depends on how quickly the pod works: left to the long form.
          ] + (setting("FUZZ_EXAMPLES") == nil ? ["--phases", "examples,coverage,fuzzing"] : []),
          environment: cluster.environment.merging(cluster.environment(asking: [pod])) { $1 },
          workingDirectory: "\(cluster.folder.path)/fuzz")
        #expect(result.status == 0, "FUZZ_SEED=\(seed)\n\(result.output.suffix(20_000))\(result.errors)")
        #expect(pod.pod.process.isRunning)
        #expect(!pod.pod.log.contains("internal error"))
      }
    }
  }
}
