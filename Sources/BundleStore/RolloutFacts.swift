package import BundleModel

/// Where the move from directories to the store stands, as the database tells it at one moment.
package struct RolloutFacts: Equatable, Sendable {
  /// Which side pods that write to both read from.
  package var reads: ReadSide
  /// Who switched it last, and when; nil when nobody has.
  package var switched: Switch?
  /// Every pod process that is remembered, by name.
  package var pods: [RolloutPod]
  /// Every directory that is known, by id.
  package var sources: [KnownDirectory]

  package struct Switch: Equatable, Sendable {
    package var by: String
    package var at: Timestamp

    package init(by: String, at: Timestamp) {
      self.by = by
      self.at = at
    }
  }

  package init(
    reads: ReadSide = .directory, switched: Switch? = nil, pods: [RolloutPod] = [], sources: [KnownDirectory] = []
  ) {
    self.reads = reads
    self.switched = switched
    self.pods = pods
    self.sources = sources
  }
}

/// A pod process, as the move sees it.
package struct RolloutPod: Equatable, Sendable {
  package var name: String
  /// As it published it: a `PersistenceMode`, or the word of another version.
  package var mode: String
  /// Its directory, if it has one.
  package var directory: String?
  /// The id of that.
  package var source: String?
  /// Statuses in it that nobody has moved.
  package var unmigrated: Int?
  /// In dual mode, how its directory follows the database: `in step`, `behind` or `failed: reason`.
  package var following: String?
  package var isLive: Bool
  package var lastSeen: Timestamp

  package init(
    name: String, mode: String, directory: String? = nil, source: String? = nil, unmigrated: Int? = nil,
    following: String? = nil, isLive: Bool = true, lastSeen: Timestamp
  ) {
    self.name = name
    self.mode = mode
    self.directory = directory
    self.source = source
    self.unmigrated = unmigrated
    self.following = following
    self.isLive = isLive
    self.lastSeen = lastSeen
  }
}

/// A directory that pods or the migration have met: a row of `example_bundle_sources`.
package struct KnownDirectory: Equatable, Sendable {
  package var id: String
  /// Where it was met last.
  package var path: String
  package var host: String
  /// When the last plan of it ended, and so on.
  package var plannedAt: Timestamp?
  package var ranAt: Timestamp?
  package var verifiedAt: Timestamp?
  package var exportedAt: Timestamp?
  package var cleanedAt: Timestamp?
  /// What the last verify found; nil before one has ended.
  package var differences: Int?
  package var quarantined: Int?

  /// Only ever written from the database.
  package var isCopy: Bool { exportedAt != nil && plannedAt == nil && ranAt == nil }

  package init(
    id: String, path: String, host: String, plannedAt: Timestamp? = nil, ranAt: Timestamp? = nil,
    verifiedAt: Timestamp? = nil, exportedAt: Timestamp? = nil, cleanedAt: Timestamp? = nil,
    differences: Int? = nil, quarantined: Int? = nil
  ) {
    self.id = id
    self.path = path
    self.host = host
    self.plannedAt = plannedAt
    self.ranAt = ranAt
    self.verifiedAt = verifiedAt
    self.exportedAt = exportedAt
    self.cleanedAt = cleanedAt
    self.differences = differences
    self.quarantined = quarantined
  }
}

/// A step of the move that a directory went through.
package enum MigrationStep: String, Sendable {
  case planned, ran, exported, cleaned
}

/// What lets every pod read from the other side.
package enum ReadChange: String, Sendable {
  /// To the database.
  case cutover
  /// Back to the directories.
  case cutback

  /// The side that is read afterwards.
  package var side: ReadSide { self == .cutover ? .database : .directory }
}

/// What became of a switch.
package struct SwitchAnswer: Equatable, Sendable {
  /// Why it was refused, each in one sentence; empty when it was not.
  package var refusals: [String]
  /// False: reads came from that side already, or it was refused.
  package var hasChanged: Bool
}
