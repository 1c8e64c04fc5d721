package import BundleModel

/// How the queue and the writers of a database are at one moment.
package struct StoreVitals: Equatable, Sendable {
  /// What the database's clock says.
  package var now: Timestamp
  /// Jobs that wait, also those whose time has not come.
  package var queued: Int
  /// How long the job that has waited longest could have been claimed; nil when none can.
  package var waited: Duration?
  package var running: Int
  /// Running jobs whose lease ended 5 s ago or more: their pod is gone and no other took them.
  package var expiredLeases: Int
  /// Programs that know no fence (AppHub's pods) have written within the last ten minutes.
  package var hasForeignWriters: Bool
  /// The age of the oldest open transaction that has written: the feed reads everything since it again and again.
  package var oldestWrite: Duration?
  /// The persistence modes of the live pods, each once; more than one is a rollout under way.
  package var modes: [String]

  package init(
    now: Timestamp, queued: Int = 0, waited: Duration? = nil, running: Int = 0, expiredLeases: Int = 0,
    hasForeignWriters: Bool = false, oldestWrite: Duration? = nil, modes: [String] = []
  ) {
    self.now = now
    self.queued = queued
    self.waited = waited
    self.running = running
    self.expiredLeases = expiredLeases
    self.hasForeignWriters = hasForeignWriters
    self.oldestWrite = oldestWrite
    self.modes = modes
  }
}

/// The connections of one store at one moment.
package struct ConnectionCounts: Equatable, Sendable {
  /// Open and unused.
  package var idle: Int
  /// In use, or being opened.
  package var busy: Int
  /// Statements that wait for one.
  package var waiting: Int
}
