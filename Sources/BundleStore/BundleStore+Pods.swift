package import BundleModel
internal import Postgres

/// What a pod says of itself when it starts.
package struct PodRegistration: Sendable {
  package var worker: Worker
  package var url: String?
  package var version: String
  package var persistence: String
  /// Identity of the object store that the pod writes to.
  package var store: String
  package var concurrency: Int
  /// What it offers, with versions.
  package var catalogue: [(slug: Slug, version: String?)]
  /// What a person should know, such as duplicate slugs.
  package var notes: [String]
  /// The folder of AppHub's files, and how many of them nobody has moved yet.
  package var legacy: (path: String, unmigrated: Int)?

  package init(
    worker: Worker, url: String? = nil, version: String, persistence: String = "database", store: String,
    concurrency: Int, catalogue: [(slug: Slug, version: String?)], notes: [String] = [],
    legacy: (path: String, unmigrated: Int)? = nil
  ) {
    self.worker = worker
    self.url = url
    self.version = version
    self.persistence = persistence
    self.store = store
    self.concurrency = concurrency
    self.catalogue = catalogue
    self.notes = notes
    self.legacy = legacy
  }
}

/// Who is there to do the work.
package struct Crew: Equatable, Sendable {
  /// Every live pod, and the last known process of each name that has no live one.
  package var pods: [Pod]
  /// What the live pods offer.
  package var offered: Set<Slug>
  /// Who is not to take jobs.
  package var pauses: [Pause]
  /// The database's clock when it answered.
  package var clock: Timestamp
}

extension BundleStore {
  /// Makes a pod process and what it offers known.
  package func register(_ pod: PodRegistration) async throws(StoreError) {
    let owner = Parameter.text(pod.worker.owner.text)
    _ = try await query(
      SQLText.registerPod,
      [
        owner, .text(pod.worker.pod), Parameter(pod.url), .text(pod.version), .text(pod.persistence),
        .text(pod.store), .integer(Int64(pod.concurrency)), .integer(Int64(pod.catalogue.count)),
        .textArray(pod.notes.map { UntrustedText.line($0) }), Parameter(pod.legacy?.path),
        Parameter(pod.legacy?.unmigrated),
      ])
    _ = try await write(
      SQLText.offer,
      [owner, .textArray(pod.catalogue.map(\.slug.text)), .textArray(pod.catalogue.map { $0.version ?? "" })])
  }

  /// Says that a pod is alive. False: its row is gone and it must register again.
  package func beat(_ worker: Worker, running: Int) async throws(StoreError) -> Bool {
    let rows = try await query(
      SQLText.beat, [.text(worker.owner.text), .integer(Int64(running))], deadline: settings.goneAfter)
    return !rows.isEmpty
  }

  /// Says goodbye.
  package func leave(_ worker: Worker) async throws(StoreError) {
    _ = try await write(SQLText.leave, [.text(worker.owner.text)])
  }

  /// Every live pod, and the last known process of each name that has no live one.
  package func pods() async throws(StoreError) -> [Pod] {
    let rows = try await query(SQLText.pods, [.interval(settings.goneAfter)])
    return try decoding { try rows.map(Self.pod) }
  }

  /// What the live pods offer.
  package func offered() async throws(StoreError) -> Set<Slug> {
    let rows = try await query(SQLText.offered, [.interval(settings.goneAfter)])
    return try decoding { Set(try rows.compactMap { Slug(try $0.decode("slug", as: String.self)) }) }
  }

  /// All of it in one round trip.
  package func crew() async throws(StoreError) -> Crew {
    let answers: [Rows]
    do {
      answers = try await pool.pipeline([
        Statement(SQLText.pods, [.interval(settings.goneAfter)]),
        Statement(SQLText.offered, [.interval(settings.goneAfter)]),
        Statement(SQLText.pauses), Statement("select clock_timestamp() as now"),
      ])
    } catch {
      throw StoreError(error)
    }
    return try decoding {
      guard let clock = answers[3].first else { throw StoreError(.corrupt, "the database told no time") }
      return Crew(
        pods: try answers[0].map(Self.pod),
        offered: Set(try answers[1].compactMap { Slug(try $0.decode("slug", as: String.self)) }),
        pauses: try answers[2].map(Self.pause), clock: try clock.decode("now")
      )
    }
  }

  /// The stores of live pods that were here first and write somewhere else than this one.
  package func foreignStores(seenBy worker: Worker) async throws(StoreError) -> [String] {
    let rows = try await query(SQLText.liveStores, [.text(worker.owner.text), .interval(settings.goneAfter)])
    return try decoding { try rows.map { try $0.decode("store", as: String.self) } }
  }

  private static func pod(_ row: Row) throws -> Pod {
    var reader = row.reader()
    let owner: String = try reader.next()
    let name: String = try reader.next()
    let url: String? = try reader.next()
    let version: String = try reader.next()
    let persistence: String = try reader.next()
    let store: String = try reader.next()
    let startedAt: Timestamp = try reader.next()
    let lastSeen: Timestamp = try reader.next()
    let concurrency: Int = try reader.next()
    let running: Int = try reader.next()
    let catalogue: Int = try reader.next()
    let notes: [String] = try reader.next()
    let isGone: Bool = try reader.next()
    let isStopped: Bool = try reader.next()
    return Pod(
      owner: OwnerID(owner), name: name, url: url, version: version, persistence: persistence, store: store,
      startedAt: startedAt, lastSeen: lastSeen, concurrency: concurrency, running: running, catalogue: catalogue,
      notes: notes, isGone: isGone, isStopped: isStopped)
  }
}

extension BundleStore {
  /// Calls `onRing` whenever the doorbell rings, and after each reconnection, until the task is cancelled.
  package func listen(_ onRing: @Sendable () -> Void) async {
    let listener = Listener(pool.settings, channels: [Doorbell.channel])
    for await event in listener.events {
      switch event {
      case .connected, .notified: onRing()
      case .disconnected: break
      }
    }
    await listener.close()
  }
}
