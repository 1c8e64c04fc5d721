/// One catalog process, as it describes itself in `example_bundle_pods`.
package struct Pod: Equatable, Sendable {
  package var owner: OwnerID
  package var name: String
  /// Where its API is reached; nil when it serves none, or does not know where.
  package var url: String?
  /// Where its metrics are read.
  package var metricsURL: String?
  /// What the links that it answers begin with; nil when they are relative.
  package var publicURL: String?
  package var version: String
  /// As the pod wrote it; see `mode`.
  package var persistence: String
  /// Identity of the object store that it writes to.
  package var store: String
  /// Its directory of AppHub's files; nil when it has none.
  package var directory: PodDirectory?
  package var startedAt: Timestamp
  package var lastSeen: Timestamp
  package var concurrency: Int
  /// Jobs that it holds at this moment.
  package var running: Int
  /// How many bundles it offers.
  package var catalogue: Int
  /// What a person should know: duplicate slugs, a store that differs from the others'.
  package var notes: [String]
  /// What it read of its own API; nil when it serves none.
  package var digest: ServedDigest?
  package var presence: Presence

  package init(
    owner: OwnerID, name: String, url: String? = nil, metricsURL: String? = nil, publicURL: String? = nil,
    version: String, persistence: String, store: String, directory: PodDirectory? = nil, startedAt: Timestamp,
    lastSeen: Timestamp, concurrency: Int, running: Int = 0, catalogue: Int = 0, notes: [String] = [],
    digest: ServedDigest? = nil,
    presence: Presence = .live
  ) {
    self.owner = owner
    self.name = name
    self.url = url
    self.metricsURL = metricsURL
    self.publicURL = publicURL
    self.version = version
    self.persistence = persistence
    self.store = store
    self.directory = directory
    self.startedAt = startedAt
    self.lastSeen = lastSeen
    self.concurrency = concurrency
    self.running = running
    self.catalogue = catalogue
    self.notes = notes
    self.digest = digest
    self.presence = presence
  }

  /// Whether it is there.
  package enum Presence: String, CaseIterable, Sendable {
    case live
    /// It has not been seen for longer than a pod may be silent, by the database's clock.
    case gone
    /// It said goodbye.
    case stopped
  }

  /// Where it keeps bundles; nil for a word of another version.
  package var mode: PersistenceMode? { PersistenceMode(rawValue: persistence) }

  package var isGone: Bool { presence == .gone }
  package var isStopped: Bool { presence == .stopped }

  /// Why it takes no job: its own pause, or that of all.
  package func pause(among pauses: [Pause]) -> Pause? {
    pauses.first { $0.pod == name } ?? pauses.first { $0.pod == nil }
  }
}
