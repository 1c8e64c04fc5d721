internal import BundleModel
internal import BundleStore

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
