package import ArtifactStorage
internal import BundleModel
package import BundleStore
internal import Glibc
internal import LegacyStore
internal import ProcessControl

/// Moves directories into the database and the object store; what `migrate run` does.
///
/// May be killed at any moment and run again: archives go first and never twice, each row comes with its journal in
/// one statement, and nothing that is newer is ever overwritten.
package struct MigrationRun: Sendable {
  package struct Options: Sendable {
    /// How many bundles are moved at once.
    package var concurrency = 8
    /// What was interrupted is queued again.
    package var requeue = false

    package init() {}
  }

  private let sources: [MigrationSource]
  private let store: BundleStore
  private let artifacts: any ArtifactStore
  private let who: String
  private let options: Options
  private let observer: MigrationObserver

  /// - Parameter who: the name that is recorded.
  package init(
    _ sources: [MigrationSource], store: BundleStore, artifacts: any ArtifactStore, who: String,
    options: Options = Options(), observer: @escaping MigrationObserver = { _ in }
  ) {
    self.sources = sources
    self.store = store
    self.artifacts = artifacts
    self.who = who
    self.options = options
    self.observer = observer
  }

  /// Whether the object store is where running pods write, and lets us in: anything else is found out before the
  /// first file is moved.
  package func check() async throws {
    try await artifacts.check()
    let elsewhere = try await store.podsElsewhere(than: artifacts.identity)
    guard elsewhere.isEmpty else {
      throw MigrationError(
        .refused,
        "live pods write somewhere else than \(artifacts.identity): \(elsewhere.joined(separator: ", "))")
    }
  }

  /// - Throws: when another migration is at work, or a store does not let it go on. What was moved until then stays,
  ///   and a second run goes on behind it.
  package func run() async throws -> MigrationReport {
    try await check()
    return try await store.migrating(by: who, place: "\(ThisProcess.hostName()), process \(getpid())") {
      let known = try await established()
      let tally = MigrationTally(observer)
      do {
        let report = try await move(known, tally)
        for source in known {
          try await store.note(
            source.id, path: source.wholePath, host: ThisProcess.hostName(), step: .ran)
        }
        try await audit(report.counts, report.summary)
        return report
      } catch {
        let reason = CommandFailure(explaining: error)?.message ?? "\(error)"
        try? await audit(tally.counts, "stopped: \(reason)")
        throw error
      }
    }
  }

  /// Looks into everything as `run` would, and writes nothing.
  package func rehearse() async throws -> MigrationReport {
    try await check()
    let plan = try await MigrationPlan.make(sources, store: store, requeue: options.requeue, observer: observer)
    var counts = MigrationCounts()
    let outcomes = plan.outcomes
    counts.taken = outcomes.taken + outcomes.failed + outcomes.requeued
    (counts.failed, counts.requeued, counts.known) = (outcomes.failed, outcomes.requeued, outcomes.known)
    (counts.kept, counts.quarantined) = (outcomes.kept, outcomes.quarantined)
    return MigrationReport(sources: plan.sources, counts: counts, findings: plan.findings)
  }

  /// Gives each directory its id.
  private func established() async throws -> [MigrationSource] {
    let sources = sources
    let established = try await DetachedThread.value { () throws(MigrationError) in
      var known: [MigrationSource] = []
      for source in sources { known.append(try source.established()) }
      return known
    }
    for source in established {
      try await store.note(source.id, path: source.wholePath, host: ThisProcess.hostName(), step: nil)
    }
    return established
  }

  private func move(_ sources: [MigrationSource], _ tally: MigrationTally) async throws -> MigrationReport {
    let known = try await KnownArchives(sources.map(\.id), store: store)
    let mover = MigrationMover(
      store: store, artifacts: artifacts,
      directories: Dictionary(uniqueKeysWithValues: sources.map { ($0.id, $0.directory) }), known: known, who: who,
      tally: tally)
    let course = MigrationCourse(
      sources, store: store, requeue: options.requeue, known: { known.checksum($0, $1) },
      observer: { tally.note($0) })
    let width = max(1, options.concurrency)
    let ending = try await withThrowingTaskGroup(of: Void.self) { group in
      var running = 0
      // The next statuses are read while the last ones of these are moved.
      let ending = try await course.run { decisions in
        for decision in decisions {
          tally.add(decision.findings)
          if running == width {
            try await group.next()
            running -= 1
          }
          group.addTask { try await mover.move(decision) }
          running += 1
        }
      }
      try await group.waitForAll()
      return ending
    }
    try await journal(ending.defects)
    return MigrationReport(
      sources: ending.counts, counts: tally.counts, findings: tally.findings + ending.defects)
  }

  /// Files that are no status: on record, so that nobody takes them for moved.
  private func journal(_ defects: [MigrationFinding]) async throws(StoreError) {
    let entries = defects.compactMap { defect in
      defect.path.map {
        JournalEntry(
          source: defect.source, path: $0, kind: .status, slug: defect.slug, outcome: .quarantined,
          reason: defect.reason)
      }
    }
    for start in stride(from: 0, to: entries.count, by: 1_000) {
      try await store.journal(Array(entries[start..<min(start + 1_000, entries.count)]))
    }
  }

  private func audit(_ counts: MigrationCounts, _ result: String) async throws(StoreError) {
    try await store.audit(
      "migrate run", slug: nil, by: who, result: result,
      detail: [
        "store": artifacts.identity, "directories": sources.map(\.directory.path).joined(separator: " "),
        "taken": "\(counts.taken)", "known": "\(counts.known)", "kept": "\(counts.kept)",
        "quarantined": "\(counts.quarantined)", "uploaded": "\(counts.uploaded)", "bytes": "\(counts.bytes)",
      ])
  }
}
