import BundleModel
import Glibc
import HTTPTransport
import Hashing
import LocalStack
import TestSupport
import Testing

/// The whole move of two pods with a directory each, and the way back: docs/migration.md as a story. A suite of its
/// own, because it takes longer than a scenario may.
@Suite(.turns, .timeLimit(.minutes(10))) struct Rollout {
  private static let list = "/examples/bundles/status"

  @Test func twoPodsMoveHouseWhileTheyWork() async throws {
    try await Cluster.run { cluster in
      let scene = try await RolloutScene(cluster)
      let before = try scene.directories.map { try scene.statuses($0) }
      var pods = try await scene.startPods(mode: "dual")
      try await scene.waitForReads(pods, from: "directory")
      try await scene.waitForHealth(pods, warning: "not migrated: ")
      let early = try await cluster.bundletop("migrate", "cutover")
      #expect(early.status == 77 && early.errors.contains("verif"), "\(early)")

      let ran = try await scene.working { try await cluster.bundletop(scene.migrate("run", "--json")) }
      #expect(ran.status == 0, "\(ran)")
      try await scene.settle()
      #expect(Set(before[0].keys).union(before[1].keys).isSubset(of: try scene.statuses(scene.directories[0]).keys))
      let verified = try await cluster.bundletop(scene.migrate("verify", "--deep", "--json"))
      #expect(verified.status == 0, "\(verified)")
      #expect(try JSON(parsing: verified.output)["differences"] == .array([]))
      try await scene.waitForHealth(pods, warning: nil)

      try await cluster.done("migrate", "cutover")
      try await scene.waitForReads(pods, from: "database")
      let served = try await pods[0].get(Self.list)
      #expect(try await pods[1].get(Self.list).body == served.body)

      // What is not there is not missed, and comes again under its own name.
      let (away, marker) = (scene.directories[1] + ".away", scene.directories[1] + "/.bundletop-source")
      let id = try TestFile.read(marker)
      #expect(rename(scene.directories[1], away) == 0)
      try await everythingIsServed(by: pods, as: served)
      try await cluster.wait("the directory is there again", within: .seconds(90)) { TestFile.exists(marker) }
      #expect(try TestFile.read(marker) == id)
      try await scene.settle()

      try await cluster.done("migrate", "cutback")
      try await scene.waitForReads(pods, from: "directory")
      try await everythingIsServed(by: pods, as: served)

      let copy = "\(cluster.folder.path)/export"
      try await cluster.done("migrate", "export", "--legacy-dir", copy)
      #expect(try scene.statuses(copy) == scene.statuses(scene.directories[0]))
      #expect(try await scene.archives(copy) == scene.archives(scene.directories[0]))
      let read = try await cluster.bundletop("migrate", "plan", "--legacy-dir", copy, "--json")
      #expect(read.status == 0, "\(read)")
      #expect(try JSON(parsing: read.output)["findings"] == .array([]))

      try await cluster.done("migrate", "cutover")
      try await scene.stop(pods)
      pods = try await scene.startPods(mode: "database")
      try await scene.waitForHealth(pods, warning: "migrated, leftovers: ")
      let leftovers = try await cluster.bundletop(scene.migrate("verify"))
      #expect(leftovers.status == 0, "\(leftovers)")
      let cleaned = try await cluster.bundletop(scene.migrate("clean", "--apply", "--yes", "--json"))
      #expect(cleaned.status == 0 || cleaned.status == 2, "\(cleaned)")
      for directory in scene.directories { #expect(try scene.statuses(directory).isEmpty) }
      // Archives with other bytes, which no row is about, are for a person to look at.
      for directory in scene.directories { _ = try await Program.run("rm", ["-r", directory + "/artifacts"]) }
      try await scene.waitForHealth(pods, warning: nil)
      try await everythingIsServed(by: pods, as: served)
      #expect(TestFile.exists(away + "/status"), "what was moved away is nobody's business")
    }
  }

  /// Expects of each pod the same bundles as before, and each of their archives with its bytes.
  private func everythingIsServed(by pods: [ServingPod], as before: HTTPResponse) async throws {
    func known(_ answer: HTTPResponse) throws -> [String: JSON] {
      let rows = try JSON(parsing: answer.text)["data"]["statuses"].elements
      return Dictionary(rows.map { ($0["slug"].text ?? "", $0) }) { first, _ in first }
    }
    let expected = try known(before)
    for pod in pods {
      let answer = try await pod.get(Self.list)
      #expect(answer.status == 200)
      let now = try known(answer)
      #expect(Set(now.keys) == Set(expected.keys))
      for (slug, status) in expected {
        for field in ["state", "fingerprint", "checksum", "version", "updatedAt"] {
          #expect(now[slug]?[field] == status[field], "\(slug) \(field) of \(pod.pod.name)")
        }
      }
      for (slug, status) in expected.sorted(by: { $0.key < $1.key }).prefix(20)
      where status["state"] == .string("completed") {
        let path =
          "/examples/bundles/\(slug)/fingerprints/\(status["fingerprint"].text ?? "")/download?via=stream"
        let archive = try await pod.get(path)
        #expect(archive.status == 200, "\(slug) of \(pod.pod.name)")
        #expect(
          Checksum(digest: SHA256.digest(of: archive.body))?.hex == status["checksum"].text,
          "\(slug) of \(pod.pod.name)")
      }
    }
  }
}
