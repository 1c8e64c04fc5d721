import BundleModel
internal import Glibc
import LocalStack
import TestSupport
import Testing

/// A pod whose attempts stand at all boundaries at once, another one that can take over, and a reader of the feed.
struct CrashScene {
  let cluster: Cluster
  /// The victim's way to the database.
  let database: HoldingProxy
  /// Both pods' way to the store: pods whose stores have different names do not work together.
  let store: HoldingProxy
  let tools: BuildTools
  let victim: PodProcess
  let rescuer: PodProcess
  /// The victim's TMPDIR.
  let temporaryFolder: String
  private let others: [HoldingProxy]
  private let watch: Cluster.WatchProcess
  private let start: VictimStart

  /// How the victim is started.
  struct VictimStart {
    var network: PodNetwork?
    /// Its temporary folder is a disk of its own of so many MB.
    var diskSize: Int?
    var variables: [String: String] = [:]

    fileprivate func wrapper(_ folder: String) -> [String] {
      if let network { return network.wrapper(pod: 0) }
      guard let diskSize else { return [] }
      // The mount is seen by the pod alone and goes with it.
      return [
        "unshare", "--mount", "/bin/sh", "-c",
        "mount -t tmpfs -o size=\(diskSize)m none \"$0\" && exec \"$@\"", folder,
      ]
    }
  }

  /// Brings everything to the boundaries.
  static func prepare(_ cluster: Cluster, _ start: VictimStart = VictimStart()) async throws -> CrashScene {
    for boundary in Boundary.allCases { try cluster.writeNodeBundle(boundary.slug, bytes: boundary.bytes) }
    let tools = try BuildTools(in: cluster.folder, name: "victim")
    let freeTools = try BuildTools(in: cluster.folder, name: "rescuer")
    let temporaryFolder = try cluster.folder.makeFolder("tmp-victim")
    let host = start.network?.serverAddress ?? "127.0.0.1"
    func proxy(to port: Int) async throws -> HoldingProxy {
      try HoldingProxy(to: port, listener: try await start.network?.listen())
    }
    let server = cluster.database.server
    let database = try await proxy(to: server.port)
    let store = try await proxy(to: cluster.objects.server.port)
    let direct = start.network == nil ? nil : try await proxy(to: server.port)
    try tools.hold("npm")
    try tools.hold("bundle")
    store.hold("put", at: .body(after: 1 << 20), when: "PUT /\(cluster.objects.bucket)/\(Boundary.uploading.slug)")
    database.hold("complete", at: .request, when: "bundletop_complete", "\(Boundary.beforePublish.slug)-1.0.0")
    database.hold("commit", at: .answerToCommit, when: "bundletop_complete", "\(Boundary.afterPublish.slug)-1.0.0")

    func variables(_ tools: BuildTools, databasePort: Int, temporary: String) -> [String: String] {
      return [
        "PATH": tools.searchPath, "TMPDIR": temporary,
        "DATABASE_URL": cluster.databaseURL(port: databasePort, host: host),
        "APPHUB_BUNDLE_STORAGE_ENDPOINT": "http://\(host):\(store.port)",
      ]
    }
    let watch = try cluster.startWatch("crash", "--json")
    let victim = try await cluster.startPod(
      "victim", times: .short, arguments: ["--concurrency", "6"] + tools.arguments,
      changing: variables(tools, databasePort: database.port, temporary: temporaryFolder)
        .merging(start.variables) { $1 }, wrapper: start.wrapper(temporaryFolder))
    let early = Boundary.allCases.filter { $0 != .resolving }.map(\.slug)
    _ = try await cluster.bundletop(["package"] + early)
    try await cluster.wait("all but the first are at their boundaries", within: .seconds(90)) {
      let isDone = try await cluster.status(Boundary.afterPublish.slug).hasPrefix("completed")
      return tools.isReached("npm") && tools.isReached("bundle") && store.isReached("put")
        && database.isReached("complete") && database.isReached("commit") && isDone
    }
    // Which bundle asks for the version cannot be seen, so it comes last.
    try tools.hold("version")
    try await cluster.done("package", Boundary.resolving.slug)
    try await cluster.wait("the first is at its boundary") { tools.isReached("version") }
    let rescuer = try await cluster.startPod(
      "rescuer", times: .short, arguments: ["--concurrency", "3"] + freeTools.arguments,
      changing: variables(
        freeTools, databasePort: direct?.port ?? server.port, temporary: cluster.temporaryFolder),
      wrapper: start.network?.wrapper(pod: 1) ?? [])
    return CrashScene(
      cluster: cluster, database: database, store: store, tools: tools, victim: victim, rescuer: rescuer,
      temporaryFolder: temporaryFolder, others: direct.map { [$0] } ?? [], watch: watch, start: start)
  }

  /// Lets everything go on that was stopped on its way.
  func release() {
    tools.release()
    store.release()
    database.release()
  }

  /// The database's time.
  func now() async throws -> String { try await cluster.lines("select clock_timestamp()::text")[0] }

  /// Waits until all are completed; what failed for good is asked for again, as a person would.
  func waitUntilCompleted() async throws {
    try await cluster.wait("all are completed", within: .seconds(60)) {
      let states = try await self.cluster.lines("select state from example_bundle_jobs")
      if !states.contains("running"), !states.contains("queued"), states.contains("failed") {
        try await self.cluster.done("retry", "--failed", "--yes")
      }
      return states.count { $0 == "completed" } == Boundary.allCases.count
    }
  }

  /// What became of each, for the table.
  func cells(since fault: String) async throws -> [CrashTable.Cell] {
    var cells: [CrashTable.Cell] = []
    for boundary in Boundary.allCases {
      let line = try await cluster.lines(
        """
        select concat_ws(' ',
          (select string_agg(outcome, ',' order by started_at) from example_bundle_attempts a where a.slug = s.slug),
          greatest(0, round(extract(epoch from completed_at - '\(fault)'::timestamptz), 1)))
          from example_bundle_status s where slug = '\(boundary.slug)'
        """
      ).first
      cells.append(CrashTable.Cell(boundary: boundary, text: line ?? "nothing"))
    }
    return cells
  }

  /// The victim works on, or again: it is seen, and what it began is cleared away.
  func waitUntilVictimIsWell() async throws {
    try await cluster.wait("the victim is seen again") {
      try await self.cluster.lines(
        "select count(*)::text from example_bundle_pods where name = 'victim' and last_seen > now() - interval '1 s'"
      )
        != ["0"]
    }
    try await cluster.wait("the victim has cleared up") { self.leftovers == [] }
  }

  /// The victim starts anew, as after a crash of its machine.
  func startVictimAgain() async throws {
    try await cluster.startPod(
      "victim", times: .short, arguments: tools.arguments,
      changing: [
        "TMPDIR": temporaryFolder, "PATH": tools.searchPath,
        "DATABASE_URL": cluster.databaseURL(port: database.port),
        "APPHUB_BUNDLE_STORAGE_ENDPOINT": "http://127.0.0.1:\(store.port)",
      ])
  }

  /// Stops everything and looks whether all is as it must be.
  func finish() async throws {
    try await cluster.requireSound(watch: watch)
    for pod in [victim, rescuer] where pod.process.isRunning {
      pod.process.kill(SIGTERM)
      #expect(await pod.process.waitForExit(within: .seconds(60)) == .exited(0), "\(pod.name) leaves when asked")
    }
    await watch.process.stop()
    #expect(leftovers == [])
    #expect(cluster.workspaces() == [])
    let left = {
      ["victim", "rescuer"].flatMap { Processes.mentioning("\(cluster.folder.path)/tools/\($0)/") }
        .map(Processes.arguments)
    }
    _ = try? await cluster.wait("no child is left", within: .seconds(60)) { left().isEmpty }
    #expect(left() == [])
    end()
  }

  /// Ends the proxies.
  func end() { for proxy in [database, store] + others { proxy.end() } }

  private var leftovers: [String] {
    // On a disk that only the victim sees, as long as it runs.
    let root = start.diskSize == nil ? "" : "/proc/\(victim.process.pid)/root"
    return Folder.names(in: root + temporaryFolder).filter { $0.hasPrefix("apphub-example-") }
  }
}
