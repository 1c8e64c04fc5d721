package import BundleModel
internal import Postgres

extension BundleStore {
  /// Makes a pod process and what it offers known.
  package func register(_ pod: PodRegistration) async throws(StoreError) {
    let owner = Parameter.text(pod.worker.owner.text)
    _ = try await query(
      SQLText.registerPod,
      [
        owner, .text(pod.worker.pod), Parameter(pod.url), .text(pod.version), .text(pod.mode.rawValue),
        .text(pod.store), .integer(pod.concurrency), .integer(pod.catalogue.count),
        .textArray(pod.notes.map { UntrustedText.line($0) }), Parameter(pod.directory?.path),
        Parameter(pod.directory?.source), Parameter(pod.directory?.unmigrated), Parameter(pod.metricsURL),
        Parameter(pod.publicURL),
      ])
    _ = try await write(
      SQLText.offer,
      [owner, .textArray(pod.catalogue.map(\.slug.text)), .textArray(pod.catalogue.map { $0.version ?? "" })])
  }

  /// Says that a pod is alive. False: its row is gone and it must register again.
  package func beat(_ worker: Worker, running: Int) async throws(StoreError) -> Bool {
    let rows = try await query(
      SQLText.beat, [.text(worker.owner.text), .integer(running)], deadline: settings.goneAfter)
    return !rows.isEmpty
  }

  /// Publishes what a pod read of its own listener.
  ///
  /// - Parameter snapshot: as the answer named it; anything else than a snapshot is refused.
  package func publishDigest(_ checksum: Checksum, snapshot: String, of worker: Worker) async throws(StoreError) {
    _ = try await query(
      SQLText.publishDigest, [.text(worker.owner.text), .text(checksum.hex), .text(snapshot)],
      deadline: settings.goneAfter)
  }

  /// Publishes what a pod found in its directory. False: the pod's row is gone, so nobody was told.
  ///
  /// - Parameters:
  ///   - source: nil leaves what was published before.
  ///   - unmigrated: nil: nobody knows at the moment.
  package func publishDirectory(source: String?, unmigrated: Int?, of worker: Worker) async throws(StoreError)
    -> Bool
  {
    let rows = try await query(
      SQLText.publishDirectory, [.text(worker.owner.text), Parameter(source), Parameter(unmigrated)],
      deadline: settings.goneAfter)
    return !rows.isEmpty
  }

  /// Which side pods read from while they write to both. The directory, until somebody has said otherwise.
  package func readSide() async throws(StoreError) -> ReadSide {
    try await readPoint(of: nil, deadline: settings.goneAfter).side
  }

  /// Says goodbye.
  package func leave(_ worker: Worker) async throws(StoreError) {
    // Nobody needs to hear it: without it the pod is gone a moment later.
    _ = try await query(SQLText.leave, [.text(worker.owner.text)], deadline: settings.renewEvery)
    doorbell.ring()
  }

  /// Every live pod, and the last known process of each name that has no live one.
  package func pods() async throws(StoreError) -> [Pod] {
    try await read(PodRow.self, SQLText.pods, [.interval(settings.goneAfter)])
  }

  /// What the live pods offer.
  package func offered() async throws(StoreError) -> Set<Slug> {
    let rows = try await query(SQLText.offered, [.interval(settings.goneAfter)])
    return try decoding { try Self.slugs(rows) }
  }

  /// All of it in one round trip.
  package func crew() async throws(StoreError) -> Crew {
    let answers: [Rows]
    do {
      answers = try await pool.pipeline([
        Statement(SQLText.pods, [.interval(settings.goneAfter)]),
        Statement(SQLText.offered, [.interval(settings.goneAfter)]),
        Statement(SQLText.pauses), Statement(SQLText.clock),
      ])
    } catch {
      throw StoreError(error)
    }
    return try decoding {
      guard let clock = answers[3].first else { throw StoreError(.corrupt, "the database told no time") }
      return Crew(
        pods: try answers[0].read(PodRow.self), offered: try Self.slugs(answers[1]),
        pauses: try answers[2].read(PauseRow.self), clock: try clock.decode("now"))
    }
  }

  private static func slugs(_ rows: Rows) throws -> Set<Slug> {
    Set(try rows.compactMap { Slug(try $0.decode("slug", as: String.self)) })
  }

  /// The stores of live pods for which this one must wait: see `SQL/live_stores.sql`.
  package func foreignStores(seenBy worker: Worker) async throws(StoreError) -> [String] {
    let rows = try await query(SQLText.liveStores, [.text(worker.owner.text), .interval(settings.goneAfter)])
    return try decoding { try rows.map { try $0.decode("store", as: String.self) } }
  }
}
