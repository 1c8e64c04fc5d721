internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import ProcessControl

/// `bundletop pods`: who is alive.
struct PodsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "pods", abstract: "Print the catalog pods.")

  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON array.") var json = false

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let pods = try await session.store.pods()
      let pauses = try await session.store.pauses()
      let counts = try await session.store.cacheCounts()
      writeLine(
        json
          ? try JSONText.document(
            pods.map { pod in
              WirePod(pod, pause: PodTable.pause(of: pod, pauses), cache: counts.first { $0.pod == pod.name })
            })
          : PodTable.text(pods, pauses: pauses, now: ThisProcess.now()))
    }
  }
}

/// A pod as scripts read it.
struct WirePod: Encodable {
  private let owner: String
  private let name: String
  @Nullable private var url: String?
  @Nullable private var metricsUrl: String?
  /// What it read of its own API: SHA-256 of the status list, the snapshot that the list named, and when.
  @Nullable private var digest: String?
  @Nullable private var digestSnapshot: String?
  @Nullable private var digestAt: String?
  private let version: String
  private let state: String
  private let persistence: String
  private let store: String
  private let startedAt: String
  private let lastSeen: String
  private let concurrency: Int
  private let running: Int
  private let bundles: Int
  private let notes: [String]
  @Nullable private var pausedBy: String?
  /// Of the last 24 hours, of all processes of this name: attempts answered from the cache, and those built.
  private let cacheHits: Int
  private let cacheMisses: Int

  init(_ pod: Pod, pause: Pause?, cache: CacheCount?) {
    owner = pod.owner.text
    name = pod.name
    url = pod.url
    metricsUrl = pod.metricsURL
    digest = pod.digest?.checksum.hex
    digestSnapshot = pod.digest?.snapshot
    digestAt = pod.digest?.at.iso8601
    version = pod.version
    state = PodTable.state(pod)
    persistence = pod.persistence
    store = pod.store
    startedAt = pod.startedAt.iso8601
    lastSeen = pod.lastSeen.iso8601
    concurrency = pod.concurrency
    running = pod.running
    bundles = pod.catalogue
    notes = pod.notes
    pausedBy = pause?.by
    cacheHits = cache?.hits ?? 0
    cacheMisses = cache?.misses ?? 0
  }
}

/// Pods as a plain table.
enum PodTable {
  static func state(_ pod: Pod) -> String { pod.isStopped ? "stopped" : pod.isGone ? "gone" : "live" }

  /// Why a pod takes no job: its own pause, or that of all.
  static func pause(of pod: Pod, _ pauses: [Pause]) -> Pause? {
    pauses.first { $0.pod == pod.name } ?? pauses.first { $0.pod == nil }
  }

  static func text(_ pods: [Pod], pauses: [Pause], now: Timestamp) -> String {
    let stops = pauses.map { pause in
      UntrustedText.line(
        "claiming is paused on \(pause.pod ?? "all pods") by \(pause.by), for \(HumanText.age(now.since(pause.since)))"
          + (pause.why.map { ": \($0)" } ?? ""))
    }
    guard !pods.isEmpty else { return (["no pods"] + stops).joined(separator: "\n") }
    var table = TextTable([
      ("POD", .left), ("STATE", .left), ("SEEN", .right), ("BUNDLES", .right), ("RUNNING", .right),
      ("VERSION", .left), ("MODE", .left), ("STORE", .left),
    ])
    for pod in pods {
      table.add([
        pod.name, pause(of: pod, pauses) != nil && state(pod) == "live" ? "paused" : state(pod),
        HumanText.age(now.since(pod.lastSeen)), String(pod.catalogue),
        "\(pod.running)/\(pod.concurrency)", pod.version, pod.persistence, pod.store,
      ])
    }
    let notes = pods.flatMap { pod in pod.notes.map { "\(pod.name): \($0)" } }.map { UntrustedText.line($0) }
    return ([table.text] + stops + notes).joined(separator: "\n")
  }
}
