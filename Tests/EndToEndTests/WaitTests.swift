import TestSupport
import Testing

extension EndToEnd {
  /// `--wait`, where not everything ends in time.
  @Suite struct Wait {
    @Test func namesWhatHasNotEndedAndNothingElse() async throws {
      try await Cluster.run { cluster in
        for slug in ["later", "never", "soon"] { try cluster.writeBundle(slug) }
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "soon", "--key", "one", "--wait")
        try await cluster.done("package", "later", "never", "--delay", "3600")
        // The key makes it the job that has ended; long enough for a busy machine to hear so.
        let answer = try await cluster.bundletop(
          "package", "soon", "never", "later", "--key", "one", "--delay", "3600", "--wait", "--timeout", "10")
        #expect(answer.status == 1)
        #expect(answer.errors.hasSuffix("bundletop: not finished after 10 s: later, never\n"), "\(answer.errors)")
        #expect(try await cluster.attempts("soon") == ["1 pod-a completed"])
      }
    }
  }
}
