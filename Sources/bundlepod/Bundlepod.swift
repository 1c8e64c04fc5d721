internal import ArgumentParser
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import CatalogPod
internal import Glibc
internal import LegacyStore
internal import Logging
internal import Packager
internal import PodAPI
internal import Postgres
internal import ProcessControl

/// The catalog pod: claims jobs, packages bundles, uploads them.
@main
struct Bundlepod: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundlepod",
    abstract: "Package example bundles, together with all other pods on the same database.",
    discussion: """
      DATABASE_URL (or libpq's PG* variables) names the database, APPHUB_BUNDLE_STORAGE_* the object store.
      APPHUB_BUNDLE_PERSISTENCE says where bundles are kept: in the database and the object store (database, the
      default), in files as AppHub did (filesystem), or in both (dual).
      SIGTERM ends it in good order: what it works on is given back and another pod goes on.
      """,
    version: "bundlepod \(BuildInfo.text)")

  @Option(help: ArgumentHelp("The folder whose bundles this pod offers, searched at any depth.", valueName: "dir"))
  var examplesRoot: String
  @Option(help: "The name that people know this pod by. Default: HOSTNAME, else the host's name.") var name: String?
  @Option(help: "Bundles packaged at once. Default: EXAMPLE_BUNDLE_CONCURRENCY, else 1.") var concurrency: Int?
  @OptionGroup(title: "Persistence") var persistence: PersistenceOptions
  @OptionGroup(title: "HTTP") var serving: ServingOptions
  @OptionGroup(title: "Log") var logging: LogOptions
  @OptionGroup(title: "Packaging") var packaging: PackagingOptions
  @OptionGroup(title: "Limits of one packaging") var limits: LimitOptions
  @OptionGroup(title: "Times, in seconds") var times: TimeOptions

  static func main() async {
    let status: Int32
    do {
      // First of all: from here on no child can read this process's environment.
      try ThisProcess.makeUndumpable()
      let signals = try TerminationSignals()
      var command = try parseAsRoot(Array(CommandLine.arguments.dropFirst()))
      if let pod = command as? Bundlepod {
        status = try await pod.serve(until: signals)
      } else {
        try command.run()
        status = 0
      }
    } catch {
      status = report(error)
    }
    fflush(nil)
    Glibc.exit(status)
  }

  func validate() throws {
    if let concurrency, concurrency < 1 { throw ValidationError("--concurrency takes a positive number") }
    if let complaint = limits.complaint { throw ValidationError(complaint) }
    if let complaint = times.settings.complaint { throw ValidationError(complaint) }
  }

  /// Works until a signal comes. Returns the exit status.
  private func serve(until signals: TerminationSignals) async throws -> Int32 {
    let environment = ThisProcess.environment()
    var settings = try podSettings(environment)
    let kept = try persistence.choice(environment: environment)
    (settings.mode, settings.directory) = (kept.mode, kept.directory)
    if let complaint = settings.packaging.complaint(environment: environment) {
      throw CommandFailure(.usage, complaint)
    }
    let log = PodLog.logger(pod: settings.name, logging)
    let served = try serving.plan(environment: environment)
    var connection = try ConnectionSettings(environment: environment)
    connection.applicationName = "bundlepod \(settings.name)"
    let storage = try kept.storage(environment: environment)
    for warning in storage.warnings { log.warning("\(UntrustedText.line(warning))") }
    let catalogue = try await Catalogue.scan(root: settings.examplesRoot)
    log.info(
      "commands of bundles run in a sandbox",
      metadata: ["kind": "\(settings.packaging.sandbox.kind?.rawValue ?? "none")"])
    try await WorkspaceSweep.run(temporaryDirectory: settings.temporaryDirectory)
    let artifacts = storage.make()
    // Connections of its own: many requests must not make leases wait.
    let asked = BundleStore(connection, settings: times.settings, connections: 4)
    // Others for looking after it: a busy pod must not look like a broken one.
    let watched = BundleStore(connection, settings: times.settings, connections: 2)
    let metrics = PodMetrics()
    metrics.watch(asked, pool: "api")
    let legacy = legacyWatch(kept, store: watched, storage)
    let health = PodHealth(
      store: watched, artifacts: artifacts, legacy: legacy, follower: kept.mode == .dual ? settings.owner : nil)
    let server = try await served?.start(
      &settings, store: asked, artifacts: artifacts, health: health, metrics: metrics, log: log)
    let work = Task { [settings] in
      try await waitForDatabase(connection, log: log)
      let store = BundleStore(connection, settings: times.settings, connections: settings.concurrency + 3)
      metrics.watch(store, pool: "work")
      await CatalogPod(
        settings: settings, catalogue: catalogue, store: store, artifacts: artifacts, server: server,
        legacy: legacy, metrics: metrics, log: log
      ).run()
      await store.close()
    }
    let signal = Task {
      let number = await signals.first()
      log.info("stopping", metadata: ["signal": "\(number)"])
      work.cancel()
    }
    defer { signal.cancel() }
    let end = await work.result
    await server?.stop()
    await asked.close()
    await watched.close()
    do {
      try end.get()
    } catch is CancellationError {
      log.info("stopped before it began")
    }
    return 0
  }

  private func podSettings(_ environment: [String: String]) throws -> PodSettings {
    var count = concurrency ?? 1
    if concurrency == nil, let text = environment["EXAMPLE_BUNDLE_CONCURRENCY"]?.nonBlank {
      guard let number = Int(text), number > 0 else {
        throw CommandFailure(.usage, "EXAMPLE_BUNDLE_CONCURRENCY takes a positive number")
      }
      count = number
    }
    return PodSettings(
      name: UntrustedText.line(name ?? environment["HOSTNAME"]?.nonBlank ?? hostName(), limit: 64),
      owner: OwnerID(ThisProcess.randomUUID()),
      version: BuildInfo.text, concurrency: count,
      examplesRoot: examplesRoot, packaging: packaging.policy(limits: limits.limits, environment: environment),
      temporaryDirectory: environment["TMPDIR"]?.nonBlank ?? "/tmp")
  }

  /// Who looks after what is left of AppHub's files, if there is a place for them.
  private func legacyWatch(
    _ kept: PersistenceOptions.Choice, store: BundleStore, _ storage: StorageSettings
  ) -> LegacyWatch? {
    guard let directory = kept.directory else { return nil }
    var liveStore: String?
    if case .local(let root, _) = storage.backend { liveStore = root }
    return LegacyWatch(directory, mode: kept.mode, store: store, liveStore: liveStore)
  }

  private func hostName() -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let result = buffer.withUnsafeMutableBytes { raw in
      gethostname(raw.baseAddress!.assumingMemoryBound(to: CChar.self), raw.count - 1)
    }
    return result == 0 ? String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) : "pod"
  }

  /// A pod may start before its database; only a database that is there and wrong ends it.
  private func waitForDatabase(_ connection: ConnectionSettings, log: Logger) async throws {
    while true {
      do {
        let report = try await Schema(connection).check()
        guard report.isUsable else {
          throw CommandFailure(
            .failed,
            "the database lacks parts of the schema; run `bundletop schema apply` and start again")
        }
        return
      } catch let error as StoreError {
        // Whatever else a database says that is there, a person has to mend it.
        guard error.kind == .unavailable else { throw CommandFailure(.failed, error.message) }
        log.warning("waiting for the database", metadata: ["error": "\(error)"])
        try await Task.sleep(for: .seconds(2))
      }
    }
  }

  /// One error is one line; help and version go to stdout.
  private static func report(_ error: any Error) -> Int32 {
    if let failure = CommandFailure(explaining: error) {
      if let message = failure.message { writeLine("bundlepod: \(message)", to: .errors) }
      return failure.status.rawValue
    }
    let code = exitCode(for: error)
    if code == .success {
      writeLine(fullMessage(for: error))
    } else {
      let message = UntrustedText.line("\(message(for: error)) (see bundlepod --help)")
      writeLine("bundlepod: \(message)", to: .errors)
    }
    return code.rawValue
  }
}

/// The times of the lease protocol, for tests and unusual networks.
struct TimeOptions: ParsableArguments {
  @Option(help: "How long a claim lasts without renewal.") var lease: Double = 15
  @Option(help: "How often leases are renewed.") var renewEvery: Double = 3
  @Option(help: "How long after the last successful renewal work stops.") var stopAfter: Double = 10
  @Option(help: "How often this pod says that it is alive.") var beatEvery: Double = 2
  @Option(help: "How long a pod may be silent before it is gone.") var goneAfter: Double = 6
  @Option(help: "How often work is looked for when nobody rings.") var pollEvery: Double = 1
  @Option(help: "The shortest wait before an automatic retry.") var backoff: Double = 2

  var settings: StoreSettings {
    StoreSettings(
      lease: .seconds(lease), renewEvery: .seconds(renewEvery), stopAfter: .seconds(stopAfter),
      beatEvery: .seconds(beatEvery), goneAfter: .seconds(goneAfter), pollEvery: .seconds(pollEvery),
      backoff: .seconds(backoff) ... .seconds(max(60, backoff)))
  }
}
