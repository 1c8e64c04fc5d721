import BundleModel
import Glibc
import Hashing
import LegacyStore
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  /// Pods that keep bundles as AppHub did.
  @Suite struct Modes {
    @Test func aPodInModeFilesystemKeepsEverythingInItsDirectory() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("one")
        try cluster.writeBrokenBundle("broken")
        let pod = try await cluster.startFilePod("pod-a", in: "legacy-a")
        try await cluster.done("package", "one", "--wait")
        let done = try cluster.file("one", in: "legacy-a")
        #expect(done.state == .completed && done.version == "1.0.0" && done.cached == false && done.error == nil)
        let archive = try cluster.archive(of: done, in: "legacy-a")
        #expect(archive.path.hasPrefix("artifacts/one/\(done.fingerprint)/"))
        #expect(try await cluster.lines("select slug from example_bundle_status") == [])
        #expect(try await cluster.lines("select slug from example_bundle_artifacts") == [])
        #expect(try await cluster.attempts("one") == ["1 pod-a completed"])
        // Nothing went to the object store.
        #expect(try await cluster.objectTimes() == [:])
        // It serves what it keeps.
        let bundles = try await pod.json("/examples/bundles/status")["data"]["statuses"].elements
        #expect(bundles.map { $0["slug"] } == [.string("one")])
        #expect(bundles.map { $0["checksum"] } == [.string(try #require(done.checksum))])
        // What it has, it does not build again.
        try await cluster.done("package", "one", "--wait")
        #expect(try cluster.file("one", in: "legacy-a").cached == true)
        // What fails is where people retry it, and in the file.
        #expect(try await cluster.bundletop("package", "broken", "--wait").status == 1)
        let failed = try cluster.file("broken", in: "legacy-a")
        #expect(failed.state == .failed && failed.error != nil)
        #expect(try await cluster.status("broken") == "failed failed 1")
        let pods = try await cluster.json("pods").elements
        #expect(pods.map { $0["persistence"] } == [.string("filesystem")])
        let id = try cluster.folder.read("legacy-a/.bundletop-source")
        #expect(pods.map { $0["source"] } == [.string(String(id.dropLast()))])
      }
    }

    @Test func aPodWithFilesOfItsOwnWaitsWhileOthersUseTheDatabase() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("kept")
        try cluster.writeBundle("filed", in: "others")
        let durable = try await cluster.startServingPod("pod-a")
        let pod = try await cluster.startFilePod("pod-b", in: "legacy-b", examples: "others")
        try await cluster.done("package", "kept", "--wait")
        try await cluster.done("package", "filed")
        try await cluster.wait("it says why it waits") {
          pod.pod.log.contains("not claiming: other pods keep bundles")
        }
        try await cluster.wait("health warns") {
          try await durable.get("/health").text.contains("different modes (database, filesystem)")
        }
        #expect(try await cluster.done("pods").contains("different modes (database, filesystem)"))
        #expect(try await cluster.status("filed") == "queued queued 1")
        await durable.pod.process.stop(.terminate(patience: .seconds(20)))
        try await cluster.wait("it takes the job once it is alone") {
          (try? cluster.file("filed", in: "legacy-b").state) == .completed
        }
        // What was kept in the database is as it was.
        #expect(try await cluster.status("kept") == "completed completed 1")
        #expect(try await !cluster.done("pods").contains("different modes"))
      }
    }

    @Test func whoIsKilledOrCancelledLeavesNoFileThatSaysItRuns() async throws {
      try await Cluster.run { cluster in
        try cluster.writeHeldBundle("held")
        let first = try await cluster.startFilePod("pod-a", in: "legacy", times: .short)
        try await cluster.done("package", "held")
        _ = try await cluster.waitUntilHeld("held", on: "pod-a")
        try await cluster.wait("the file shows it") {
          (try? cluster.file("held", in: "legacy").stage) == .packaging
        }
        first.pod.process.kill(SIGKILL)
        let second = try await cluster.startFilePod("pod-b", in: "legacy", times: .short)
        _ = try await cluster.waitUntilHeld("held", attempt: 2, on: "pod-b")
        try await cluster.done("cancel", "held")
        try await cluster.wait("the file says that it was cancelled") {
          (try? cluster.file("held", in: "legacy").error?.hasPrefix("cancelled by")) == true
        }
        try cluster.release("held")
        try await cluster.done("retry", "held", "--wait")
        #expect(try cluster.file("held", in: "legacy").state == .completed)
        #expect(second.pod.process.isRunning)
      }
    }

    @Test(
      arguments: [
        (["APPHUB_BUNDLE_PERSISTENCE": "disk"], "it takes filesystem, dual or database"),
        (["APPHUB_BUNDLE_PERSISTENCE": "filesystem"], "--legacy-dir"),
        (["APPHUB_BUNDLE_PERSISTENCE": "dual", "APPHUB_REPO_ROOT": "/nowhere"], "--legacy-dir"),
      ])
    func whatCannotWorkIsSaidAtOnce(settings: [String: String], says: String) async throws {
      let result = try await Program.run(
        try BuiltProducts.path("bundlepod"), ["--examples-root", "/tmp"], environment: settings)
      #expect(result.status == 64)
      #expect(result.errors.contains(says) && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
  }
}

extension Cluster {
  /// Starts a pod that keeps bundles in a folder of the cluster.
  func startFilePod(
    _ name: String, in legacy: String, examples: String = "examples", times: PodTimes = .usual
  ) async throws -> ServingPod {
    try await startServingPod(
      name, examples: examples, times: times, arguments: ["--legacy-dir", "\(folder.path)/\(legacy)"],
      changing: ["APPHUB_BUNDLE_PERSISTENCE": "filesystem"])
  }

  /// What a bundle's status file says.
  func file(_ slug: String, in legacy: String) throws -> LegacyStatus {
    switch try LegacyDirectory(path: "\(folder.path)/\(legacy)").entry(slug: Slug(slug)!) {
    case .entry(let entry)?: return entry.status
    case let other: throw TestSupportError("\(slug) has no status file but \(String(describing: other))")
    }
  }

  /// Its archive, whose bytes are what the status says.
  func archive(of status: LegacyStatus, in legacy: String) throws -> LegacyArchive {
    let directory = LegacyDirectory(path: "\(folder.path)/\(legacy)")
    guard case .found(let archive) = directory.archive(of: status) else {
      throw TestSupportError("\(status.slug) has no archive")
    }
    let checksum = try directory.open(archive).checksum()
    guard checksum.hex == status.checksum else {
      throw TestSupportError("\(archive.path) has the SHA-256 \(checksum)")
    }
    return archive
  }
}
