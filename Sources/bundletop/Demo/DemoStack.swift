internal import BundleModel
internal import BundleStore
internal import LocalStack
internal import Postgres
internal import ProcessControl

/// The parts of a demonstration: servers, schema, pods.
actor DemoStack {
  private let podCount: Int
  private let examplesRoot: String
  private let restarts: Bool
  private let ownEnvironment: [String: String]
  private let servers = LocalStack()
  private var supervisors: [PodSupervisor] = []
  private var store: BundleStore?
  private var access: DemoAccess?

  init(pods: Int, examplesRoot: String, restarts: Bool, environment: [String: String]) {
    podCount = pods
    self.examplesRoot = examplesRoot
    self.restarts = restarts
    ownEnvironment = environment
  }

  /// What another program needs to talk to this demonstration. Holds secrets.
  var environment: [String: String] {
    get async { await servers.environment.merging(access?.environment ?? [:]) { $1 } }
  }

  /// Starts everything; returns when every pod is known to be alive.
  func start(say: (String) -> Void) async throws {
    guard let folder = ThisProcess.executableDirectory() else {
      throw CommandFailure(.failed, "the program cannot find itself, and so not bundlepod")
    }
    say("starting a private Postgres and an S3 server")
    try await servers.start()
    let environment = await servers.environment
    let connection = try ConnectionSettings(environment: environment)
    _ = try await Schema(connection).apply()
    let store = BundleStore(connection)
    self.store = store
    say("starting \(podCount) pods")
    guard let logs = await servers.path else { throw CommandFailure(.failed, "the demo has no folder") }
    let access = try DemoAccess(pods: podCount, folder: logs)
    self.access = access
    let inherited = ownEnvironment.filter { ["PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL"].contains($0.key) }
    for index in 0..<podCount {
      let name = "pod-\(Character(Unicode.Scalar(UInt8(97 + index))))"
      let supervisor = PodSupervisor(
        command: ManagedProcess.Command(
          "\(folder)/bundlepod",
          ["--examples-root", examplesRoot, "--name", name, "--concurrency", "2", "--allow-build-commands"]
            + access.arguments(pod: index),
          environment: environment.merging(inherited) { $1 }, logFile: "\(logs)/\(name).log",
          lifeline: .terminate(patience: .seconds(8))),
        restarts: restarts)
      try await supervisor.start()
      supervisors.append(supervisor)
    }
    try await waitForPods(store, logs: logs)
  }

  private func waitForPods(_ store: BundleStore, logs: String) async throws {
    let deadline = ContinuousClock.now.advanced(by: .seconds(30))
    while try await store.pods().count(where: { $0.presence == .live }) < podCount {
      for supervisor in supervisors {
        if let exit = await supervisor.firstExit {
          throw CommandFailure(.failed, "a pod ended at once (\(exit)); its log is in \(logs)")
        }
      }
      guard ContinuousClock.now < deadline else {
        throw CommandFailure(.failed, "the pods did not come up within 30 s; their logs are in \(logs)")
      }
      try await pause(for: .milliseconds(100))
    }
  }

  /// Asks for every bundle that the pods offer.
  func enqueueAll() async throws {
    guard let store else { return }
    let who = ThisProcess.userName(in: ownEnvironment)
    for slug in try await store.offered().sorted() { _ = try await store.enqueue(slug, by: who) }
  }

  /// Waits until nothing is queued or running, prints everything, and throws unless it is as expected.
  func report(waiting: Bool) async throws {
    guard let store else { return }
    while waiting, try await store.statuses().contains(where: { $0.state == .queued || $0.state == .running }) {
      try await pause(for: .milliseconds(250))
    }
    let statuses = try await store.statuses().sorted { $0.slug < $1.slug }
    writeLine(StatusTable.text(statuses, now: ThisProcess.now(), wholeChecksums: true))
    writeLine("")
    writeLine(PodTable.text(try await store.pods(), pauses: [], now: ThisProcess.now()))
    let expectation = DemoExpectation(examplesRoot: examplesRoot)
    let offered = try await store.offered()
    let surprises = waiting ? expectation.surprises(in: statuses, offered: offered) : []
    if !surprises.isEmpty {
      throw CommandFailure(.failed, "not as expected: \(surprises.joined(separator: "; "))")
    }
  }

  /// Stops everything, pods first: they give back what they work on.
  func stop() async {
    await withTaskGroup { group in
      for supervisor in supervisors { group.addTask { await supervisor.stop() } }
    }
    supervisors = []
    await store?.close()
    store = nil
    access = nil
    await servers.stop()
  }
}
