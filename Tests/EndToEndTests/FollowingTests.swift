import BundleModel
import Glibc
import LegacyStore
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  /// Pods in mode dual, each with a directory of its own that follows the database.
  @Suite struct Following {
    @Test func directoriesOfTwoPodsAgree() async throws {
      try await Cluster.run { cluster in
        let slugs = (1...6).map { "bundle-\($0)" }
        for slug in slugs { try cluster.writeBundle(slug) }
        try cluster.writeBrokenBundle("broken")
        try cluster.writeHeldBundle("held")
        let a = try await cluster.startDualPod("pod-a")
        try await cluster.startDualPod("pod-b")
        try await cluster.done("package", "--all")
        for slug in slugs { try await cluster.waitUntilCompleted(slug) }
        // While one is still at work, its progress is in both directories.
        try await cluster.wait("both directories show the work") {
          try ["pod-a", "pod-b"].allSatisfy { try cluster.held(by: $0)["held"]?.state == .running }
        }
        try cluster.release("held")
        try await cluster.waitUntilCompleted("held")
        try await cluster.requireAgreement(of: ["pod-a", "pod-b"])

        // One is killed, misses changes, and catches up when it is back.
        a.process.kill(SIGKILL)
        try cluster.writeBundle("bundle-1", version: "2.0.0")
        try await cluster.done("package", "bundle-1", "--force")
        try await cluster.wait("the new version is there", within: .seconds(60)) {
          try await cluster.lines("select version from example_bundle_status where slug = 'bundle-1'") == ["2.0.0"]
        }
        try await cluster.startDualPod("pod-a")
        try await cluster.requireAgreement(of: ["pod-a", "pod-b"])
      }
    }

    @Test func aDirectoryThatWasMovedAwayIsMadeAgain() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("alpha")
        let pod = try await cluster.startDualPod("pod-a")
        try await cluster.done("package", "alpha", "--wait")
        try await cluster.requireAgreement(of: ["pod-a"])
        let path = cluster.directory(of: "pod-a").path
        let id = try #require(try cluster.directory(of: "pod-a").sourceID())
        #expect(try await cluster.lines("select source from example_bundle_pods") == [id])
        #expect(rename(path, path + ".away") == 0)
        try await cluster.wait("it is made again") { try cluster.held(by: "pod-a")["alpha"] != nil }
        try await cluster.requireAgreement(of: ["pod-a"])
        #expect(try cluster.directory(of: "pod-a").sourceID() == id)
        #expect(pod.log.contains("the legacy directory was gone and is made again"))
      }
    }

    @Test func aFullDiskIsToldAndRepaired() async throws {
      try await Cluster.run { cluster in
        try cluster.writeHeldBundle("large", bytes: 150_000)
        try cluster.release("large")
        try cluster.writeBundle("small")
        let place = try cluster.folder.makeFolder("small-disk")
        // A file system of the pod's own, which the test sees through the pod.
        let pod = try await cluster.startPod(
          "pod-a", arguments: ["--legacy-dir", "\(place)/legacy"],
          changing: ["APPHUB_BUNDLE_PERSISTENCE": "dual"],
          wrapper: [
            "unshare", "--mount", "sh", "-c",
            "mount --make-rprivate / && mount -t tmpfs -o size=400k tmpfs '\(place)' && exec \"$@\"", "sh",
          ])
        let seen = "/proc/\(pod.process.pid)/root\(place)"
        try await cluster.wait("the directory is there") { TestFile.exists("\(seen)/legacy/.bundletop-source") }
        try Self.fill("\(seen)/filler", bytes: 320_000)
        try await cluster.done("package", "large", "--wait")
        try await cluster.wait("the failure is published") {
          let following = try await cluster.lines("select following from example_bundle_pods").first ?? ""
          return following.hasPrefix("failed: large: ") && following.contains("No space left on device")
        }
        // The database and the object store do not mind, and small things go on.
        try await cluster.done("package", "small", "--wait")
        let directory = LegacyDirectory(path: "\(seen)/legacy")
        try await cluster.wait("small things are written") { try cluster.held(in: directory)["small"] != nil }
        #expect(try cluster.held(in: directory)["large"]?.state != .completed)
        #expect(unlink("\(seen)/filler") == 0)
        try await cluster.requireAgreement(of: directory, pod: "pod-a")
      }
    }

    private static func fill(_ path: String, bytes: Int) throws {
      let file = try #require(fopen(path, "we"))
      defer { fclose(file) }
      let zeros = [UInt8](repeating: 0, count: bytes)
      guard fwrite(zeros, 1, bytes, file) == bytes else { throw TestSupportError("cannot fill \(path)") }
    }
  }
}

extension Cluster {
  /// The directory of a pod of `startDualPod`.
  func directory(of pod: String) -> LegacyDirectory { LegacyDirectory(path: "\(folder.path)/legacy/\(pod)") }

  /// Starts a pod in mode dual with a directory of its own.
  @discardableResult
  func startDualPod(_ name: String, times: PodTimes = .usual) async throws -> PodProcess {
    try await startPod(
      name, times: times, arguments: ["--legacy-dir", directory(of: name).path],
      changing: ["APPHUB_BUNDLE_PERSISTENCE": "dual"])
  }

  /// What a directory holds, by slug.
  func held(in directory: LegacyDirectory) throws -> [String: LegacyStatus] {
    var held: [String: LegacyStatus] = [:]
    try directory.read { item in
      switch item {
      case .entry(let entry): held[entry.status.slug.text] = entry.status
      case .defect(let defect): throw TestSupportError("damaged: \(defect)")
      }
    }
    return held
  }

  func held(by pod: String) throws -> [String: LegacyStatus] { try held(in: directory(of: pod)) }

  /// Waits until these pods' directories say what the tables say, archives included.
  func requireAgreement(of pods: [String]) async throws {
    for pod in pods { try await requireAgreement(of: directory(of: pod), pod: pod) }
  }

  func requireAgreement(of directory: LegacyDirectory, pod: String) async throws {
    try await wait("pod \(pod) says that its directory is in step", within: .seconds(60)) {
      try await self.lines(
        "select following from example_bundle_pods where name = '\(pod)' order by started_at desc limit 1"
      ).first?.hasPrefix("in step at ") == true
    }
    try await wait("the directory of \(pod) says what the tables say", within: .seconds(60)) {
      try await self.compare(directory)
      return true
    }
  }

  /// Throws what differs.
  func compare(_ directory: LegacyDirectory) async throws {
    let held = try held(in: directory)
    let files = held.values.map { status in
      [
        status.slug.text, status.fingerprint.text, status.stage.rawValue, status.state.rawValue,
        status.version ?? "", status.checksum ?? "", status.filename ?? "", status.error ?? "",
        status.message ?? "",
        status.jobID ?? "", status.updatedAt.iso8601, status.createdAt.iso8601,
      ].joined(separator: "|")
    }
    let rows = try await lines(
      """
      select concat_ws('|', slug, fingerprint, stage, state, coalesce(version, ''), coalesce(checksum, ''),
        coalesce(filename, ''), coalesce(error, ''), coalesce(message, ''), coalesce(job_id, ''),
        to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        from example_bundle_status
      """)
    guard files.sorted() == rows.sorted() else {
      throw TestSupportError("the directory says \(files.sorted()), the rows \(rows.sorted())")
    }
    for line in try await lines(
      """
      select s.slug || ' ' || a.checksum from example_bundle_status s join example_bundle_artifacts a
       on a.id = s.artifact_id
      """)
    {
      let words = line.split(separator: " ").map(String.init)
      guard let status = held[words[0]], case .found(let archive) = directory.archive(of: status) else {
        throw TestSupportError("\(words[0]) has no archive in \(directory.path)")
      }
      let actual = try directory.open(archive).checksum().hex
      guard actual == words[1] else { throw TestSupportError("\(words[0]): \(actual), recorded \(words[1])") }
    }
  }
}
