package import BundleModel
package import BundleStore
package import LegacyStore
internal import ProcessControl

/// Goes through all that directories hold, bundle by bundle in the order of their names, and decides about each:
/// what `plan` prints, `run` does and `verify` compares. Writes nothing. Memory grows by the names alone.
package struct MigrationCourse: Sendable {
  /// Tells the checksum of an archive that was read before and is unchanged, so that it need not be read again.
  package typealias KnownChecksum = @Sendable (_ source: String, _ archive: LegacyArchive) -> Checksum?

  private let sources: [MigrationSource]
  private let store: BundleStore
  private let requeue: Bool
  private let known: KnownChecksum
  private let observer: MigrationObserver

  /// - Parameters:
  ///   - requeue: what was interrupted is queued again.
  ///   - known: called on threads that may block.
  package init(
    _ sources: [MigrationSource], store: BundleStore, requeue: Bool = false,
    known: @escaping KnownChecksum = { _, _ in nil }, observer: @escaping MigrationObserver = { _ in }
  ) {
    self.sources = sources
    self.store = store
    self.requeue = requeue
    self.known = known
    self.observer = observer
  }

  /// What is known at the end of a course besides the decisions.
  package struct Ending: Sendable {
    package var counts: [SourceCount]
    /// Of what is no status, or could not be read.
    package var defects: [MigrationFinding]
  }

  /// - Parameter body: gets some decisions at a time; the next ones are made when it returns.
  /// - Throws: `MigrationError`, `StoreError`, `CancellationError`, or what `body` throws.
  package func run(_ body: ([MigrationDecision]) async throws -> Void) async throws -> Ending {
    let (sources, known, observer) = (sources, known, observer)
    // Gigabytes are not read for a database that does not answer.
    _ = try await store.migrationRows(of: [])
    let survey = try await BlockingThread.runCancellable { cancel in
      try MigrationSurvey(sources, cancel: cancel, observer: observer)
    }
    var ending = Ending(counts: survey.counts, defects: survey.findings)
    var progress = MigrationProgress("comparing", total: survey.bundles)
    observer(progress)
    var start = 0
    while start < survey.places.count {
      try Task.checkCancellation()
      let (position, begun) = (start, progress)
      let batch = try await BlockingThread.runCancellable { cancel in
        try MigrationBatch(
          survey, from: position, sources, known: known, cancel: cancel, progress: begun, observer: observer)
      }
      start = batch.end
      progress = batch.progress
      ending.defects += batch.findings
      for (source, candidate) in batch.candidates.joined() { ending.counts[source].count(candidate) }
      let groups = batch.candidates.map { $0.map(\.candidate) }.filter { !$0.isEmpty }
      var rows: [Slug: MigrationRow] = [:]
      for row in try await store.migrationRows(of: groups.map { $0[0].status.slug }) { rows[row.slug] = row }
      let decisions = groups.compactMap {
        MigrationMerge.decide($0, against: rows[$0[0].status.slug], requeue: requeue)
      }
      try await body(decisions)
    }
    return ending
  }
}

extension MigrationPlan {
  /// Reads everything and says what a run would do.
  package static func make(
    _ sources: [MigrationSource], store: BundleStore, requeue: Bool = false,
    observer: @escaping MigrationObserver = { _ in }
  ) async throws -> MigrationPlan {
    var plan = MigrationPlan(sources: [])
    let course = MigrationCourse(sources, store: store, requeue: requeue, observer: observer)
    let ending = try await course.run { decisions in
      for decision in decisions {
        plan.outcomes.count(decision.verdict)
        plan.findings += decision.findings
      }
    }
    plan.sources = ending.counts
    plan.findings += ending.defects
    plan.sortFindings()
    return plan
  }
}
