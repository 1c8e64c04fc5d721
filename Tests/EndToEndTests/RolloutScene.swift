import Glibc
internal import HTTPTransport
import LocalStack
import TestSupport

/// Two pods with a directory of AppHub's each, which disagree, and all that a rollout does with them.
struct RolloutScene {
  /// What two directories have to say alike of a bundle.
  private static let fields = [
    "slug", "fingerprint", "stage", "state", "version", "checksum", "filename", "error", "updatedAt",
  ]

  let cluster: Cluster
  /// The directories, in the order of the pods.
  let directories: [String]
  /// A bundle that both directories hold and pods package again.
  let shared: String

  init(_ cluster: Cluster) async throws {
    self.cluster = cluster
    let root = "\(cluster.folder.path)/old"
    let made = try await Program.run(
      "python3", ["-B", "\(TestTools.repository)/scripts/legacy_fixture.py", "--pair", root])
    guard made.succeeded else { throw TestSupportError("no directories: \(made.errors)") }
    directories = ["\(root)/one", "\(root)/two"]
    let both = directories.map { Set(Folder.names(in: "\($0)/status").filter { $0.hasSuffix(".json") }) }
    guard let name = both[0].intersection(both[1]).sorted().first else { throw TestSupportError("nothing shared") }
    shared = String(name.dropLast(5))
    for slug in Self.live + [shared] { try cluster.writeBundle(slug) }
  }

  /// Bundles that only the pods know.
  static let live = ["live-one", "live-two", "live-three"]

  // MARK: - Pods

  /// Starts a pod on each directory.
  func startPods(mode: String) async throws -> [ServingPod] {
    var pods: [ServingPod] = []
    for (name, directory) in zip(["pod-a", "pod-b"], directories) {
      pods.append(
        try await cluster.startServingPod(
          name, changing: ["APPHUB_BUNDLE_PERSISTENCE": mode, "APPHUB_BUNDLE_LEGACY_DIR": directory]))
    }
    return pods
  }

  /// Ends them in good order.
  func stop(_ pods: [ServingPod]) async throws {
    for pod in pods { pod.pod.process.kill(SIGTERM) }
    for pod in pods {
      guard await pod.pod.process.waitForExit(within: .seconds(60)) == .exited(0) else {
        throw TestSupportError("\(pod.pod.name) does not leave when asked")
      }
    }
  }

  /// Lets people ask for bundles again and again, as long as the work takes.
  func working<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while !Task.isCancelled {
          for slug in Self.live { try await cluster.done("package", slug, "--force", "--wait") }
        }
      }
      try await cluster.done("package", shared, "--force")
      let value = try await work()
      group.cancelAll()
      // A command that was interrupted with its task says so.
      while let result = await group.nextResult() { _ = result }
      return value
    }
  }

  /// Waits until each pod warns of its old files with these words, or, without any, of none.
  func waitForHealth(_ pods: [ServingPod], warning words: String?) async throws {
    for pod in pods {
      try await eventually(
        within: .seconds(90), every: .milliseconds(500), "\(pod.pod.name) warns: \(words ?? "of no files")"
      ) {
        let check = try await pod.json("/health", as: .nobody)["checks"]["legacyData:files"]
        return words.map { check["status"] == .string("warn") && check["output"].text?.hasPrefix($0) == true }
          ?? (check["status"] == .string("pass"))
      }
    }
  }

  /// Waits until each pod reads from this side.
  func waitForReads(_ pods: [ServingPod], from side: String) async throws {
    for pod in pods {
      try await cluster.wait("\(pod.pod.name) reads from the \(side)", within: .seconds(60)) {
        try await pod.get("/examples/bundles/status").headers["bundle-reads"] == side
      }
    }
  }

  // MARK: - The directories

  /// `migrate STEP` with both directories.
  func migrate(_ step: String, _ more: String...) -> [String] {
    ["migrate", step] + directories.flatMap { ["--legacy-dir", $0] } + more
  }

  /// What a directory says of each bundle.
  func statuses(_ directory: String) throws -> [String: [JSON]] {
    var found: [String: [JSON]] = [:]
    for name in Folder.names(in: "\(directory)/status") where name.hasSuffix(".json") && !name.hasPrefix(".") {
      let status = try JSON(parsing: try TestFile.read("\(directory)/status/\(name)"))
      found[String(name.dropLast(5))] = Self.fields.map { status[$0] }
    }
    return found
  }

  /// The SHA-256 of the archive of each completed bundle of a directory, by slug.
  func archives(_ directory: String) async throws -> [String: String] {
    let names = ["slug", "fingerprint", "filename", "state"].map { Self.fields.firstIndex(of: $0)! }
    var paths: [String: String] = [:]
    for fields in try statuses(directory).values {
      let text = names.map { fields[$0].text ?? "" }
      guard text[3] == "completed" else { continue }
      // Where AppHub puts it, and where it, or its administrators, once did.
      let places = [
        "artifacts/\(text[0])/\(text[1])/\(text[2])", "artifacts/\(text[0])/\(text[2])",
        "\(text[0])/\(text[1])/\(text[2])", "\(text[0])/\(text[2])", text[2],
      ]
      paths[places.first { TestFile.exists("\(directory)/\($0)") } ?? places[0]] = text[0]
    }
    let sums = try await Program.run("sha256sum", ["--"] + paths.keys.sorted(), workingDirectory: directory)
    guard sums.succeeded else { throw TestSupportError("an archive is missing: \(sums.errors.prefix(2000))") }
    return Dictionary(
      sums.output.split(separator: "\n").map { line in
        (paths[String(line.dropFirst(66))] ?? "?", String(line.prefix(64)))
      }
    ) { first, _ in first }
  }

  /// Waits until the directories and the database say the same, and each archive is there with the same bytes.
  func settle() async throws {
    try await eventually(
      within: .seconds(120), every: .milliseconds(500), "the directories agree", { try await disagreements() },
      until: { $0.isEmpty })
    try await cluster.wait(
      "both pods say that they are in step", for: ["2"], within: .seconds(60),
      in: "select count(*)::text from example_bundle_pods where following like 'in step%' and stopped_at is null")
  }

  /// The bundles of which the directories, or the database, say different things.
  private func disagreements() async throws -> [String] {
    let (one, two) = (try statuses(directories[0]), try statuses(directories[1]))
    let rows = try await cluster.lines(
      "select concat_ws(' ', slug, state, checksum) from example_bundle_status order by slug")
    let held = one.map { slug, fields in
      [.string(slug), fields[3], fields[5]].compactMap(\.text).joined(separator: " ")
    }
    let slugs = Set(one.keys).union(two.keys).filter { one[$0] != two[$0] }
    let other = Set(rows).symmetricDifference(held)
    if slugs.isEmpty, other.isEmpty, try await archives(directories[0]) != archives(directories[1]) {
      return ["the archives"]
    }
    return slugs.sorted() + other.sorted()
  }
}
