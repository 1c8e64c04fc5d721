import TestSupport
import Testing

extension EndToEnd {
  /// The last steps of the move, as an operator takes them.
  @Suite struct MigrateRolloutCommand {
    private static func status(_ slug: String, error: String) -> String {
      """
      {"slug": "\(slug)", "fingerprint": "f1", "stage": "failed", "state": "failed", "error": "\(error)",
       "createdAt": "2024-01-01T00:00:00.000Z", "updatedAt": "2024-01-02T00:00:00.000Z"}
      """
    }

    private static func pod(_ name: String, _ mode: String) -> String {
      """
      insert into example_bundle_pods (owner, name, version, persistence, store, concurrency, last_seen)
      values (gen_random_uuid(), '\(name)', 'v', '\(mode)', 's', 1, clock_timestamp() + interval '1 hour')
      """
    }

    @Test func eachStepWaitsForTheOneBefore() async throws {
      try await Cluster.run { cluster in
        for slug in ["alpha", "beta"] {
          try cluster.folder.write(Self.status(slug, error: "no tides"), to: "old/status/\(slug).json")
        }
        try cluster.folder.write("{\"slug\":", to: "old/status/cut.json")
        let directory = "\(cluster.folder.path)/old"
        func migrate(_ words: String...) async throws -> Cluster.Outcome {
          try await cluster.bundletop(["migrate"] + words)
        }
        func inDirectory(_ words: String...) async throws -> Cluster.Outcome {
          try await cluster.bundletop(["migrate"] + words + ["--legacy-dir", directory])
        }
        #expect(try await cluster.json("migrate", "status")["stage"] == .string("nothing"))
        try await migrate("cutover").expectComplaint(77, saying: "no directory was ever verified", of: "cutover")
        #expect(try await inDirectory("run").status == 2)
        try await migrate("cutover").expectComplaint(77, saying: "was never verified", of: "cutover")
        try await inDirectory("clean").expectComplaint(77, saying: "cutover` comes before", of: "clean")

        let verified = try await inDirectory("verify", "--json")
        let report = try JSON(parsing: verified.output)
        #expect(verified.status == 2 && report["differences"].elements == [], "\(verified)")
        #expect(report["quarantined"].elements.map { $0["path"] } == [.string("status/cut.json")])
        try await migrate("cutover").expectComplaint(77, saying: "--accept-quarantine", of: "cutover")
        try await cluster.database.psql(Self.pod("old-pod", "filesystem"))
        try await migrate("cutover", "--accept-quarantine")
          .expectComplaint(77, saying: "pod old-pod is in mode filesystem", of: "cutover")
        try await cluster.database.psql("delete from example_bundle_pods")
        #expect(
          try await cluster.done("migrate", "cutover", "--accept-quarantine").contains("from the database now"))
        #expect(try await cluster.done("migrate", "cutover").contains("already"))
        let status = try await cluster.json("migrate", "status")
        #expect(status["stage"] == .string("to clean") && status["reads"] == .string("database"))

        try await cluster.database.psql(Self.pod("new-pod", "database"))
        let back = try await migrate("cutback", "--json")
        let reasons = try JSON(parsing: back.output)["reasons"].elements
        #expect(
          back.status == 77 && reasons.count == 1 && reasons[0].text?.contains("migrate export") == true, "\(back)")

        try await inDirectory("clean", "--apply").expectComplaint(64, saying: "--yes", of: "clean")
        #expect(try await inDirectory("clean").status == 2)
        #expect(Folder.names(in: "\(directory)/status").sorted() == ["alpha.json", "beta.json", "cut.json"])
        let cleaned = try await inDirectory("clean", "--apply", "--yes")
        #expect(
          cleaned.status == 2 && cleaned.output.contains("2 status files and 0 archives removed"), "\(cleaned)")
        #expect(Folder.names(in: "\(directory)/status") == ["cut.json"])

        let operations = try await cluster.json("operations").elements.map { $0["what"].text }
        #expect(operations.first == "migrate clean" && operations.contains("migrate cutback"))
        #expect(operations.count { $0 == "migrate cutover" } == 6)
      }
    }
  }
}
