package import ArtifactStorage
package import BundleModel
package import BundleStore
internal import ProcessControl

/// How a pod and what it depends on are: asked in parallel, each with a deadline of its own, and seldom.
package final class PodHealth: Sendable {
  /// How long each answer may take and how long it is good.
  enum Patience {
    static let database = Duration.milliseconds(500)
    /// How long the database is asked after nobody waits for it any more: a connection over a slow network must be
    /// made at last, or each probe would begin a new one.
    static let question = Duration.seconds(5)
    static let storage = Duration.seconds(1)
    static let legacy = Duration.seconds(1)
    static let freshDatabase = Duration.seconds(1)
    static let freshStorage = Duration.seconds(5)
    static let freshLegacy = Duration.seconds(30)
  }

  private let schema: Probe<SchemaReport>
  private let vitals: Probe<(vitals: StoreVitals, skew: Duration)>
  private let storage: Probe<Void>
  private let legacy: LegacyWatch?
  private let following: Probe<Following?>?
  private let sharingProblem: Bool

  /// - Parameters:
  ///   - store: with connections of its own, or a busy pod looks like a broken one.
  ///   - legacy: AppHub's old store on this pod's disk; nil when there is none.
  ///   - follower: the pod, when its directory follows the database; else nil.
  package convenience init(
    store: BundleStore, artifacts: any ArtifactStore, legacy: LegacyWatch? = nil, follower: OwnerID? = nil,
    wall: @escaping @Sendable () -> Timestamp = ThisProcess.now
  ) {
    var following: (@Sendable () async throws -> Following?)?
    if let follower {
      following = { try await store.readPoint(of: follower, deadline: Patience.question).following }
    }
    self.init(
      schema: { try await store.schemaSteps(deadline: Patience.question) },
      vitals: { try await store.vitals(deadline: Patience.question) },
      storage: { try await artifacts.check() }, legacy: legacy,
      following: following, sharingProblem: artifacts.sharingProblem != nil, wall: wall)
  }

  init(
    schema: @escaping @Sendable () async throws -> SchemaReport,
    vitals: @escaping @Sendable () async throws -> StoreVitals,
    storage: @escaping @Sendable () async throws -> Void, legacy: LegacyWatch? = nil,
    following: (@Sendable () async throws -> Following?)? = nil, sharingProblem: Bool = false,
    wall: @escaping @Sendable () -> Timestamp = ThisProcess.now,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.schema = Probe(deadline: Patience.database, freshness: Patience.freshDatabase, now: now, schema)
    self.vitals = Probe(deadline: Patience.database, freshness: Patience.freshDatabase, now: now) {
      let before = wall()
      let vitals = try await vitals()
      // The database told its time somewhere between two looks at ours.
      let (early, late) = (vitals.now.since(before), vitals.now.since(wall()))
      return (vitals, early < .zero ? .zero - early : late > .zero ? late : .zero)
    }
    self.storage = Probe(deadline: Patience.storage, freshness: Patience.freshStorage, now: now, storage)
    self.legacy = legacy
    self.following = following.map {
      Probe(deadline: Patience.database, freshness: Patience.freshDatabase, now: now, $0)
    }
    self.sharingProblem = sharingProblem
  }

  /// What a probe wants to know: whether to send requests here. Storage that is down makes a pod degraded, and still
  /// ready: status is readable, and one outage of the store must not take every pod away.
  package func readiness() async -> (isReady: Bool, checks: [HealthCheck]) {
    async let storage = storageChecks()
    let database = databaseChecks(await schema.look())
    return (database.allSatisfy { $0.status != .fail }, database + (await storage))
  }

  /// Everything that a person wants to know.
  package func report() async -> HealthReport {
    async let storage = storageChecks()
    async let vitals = vitals.look()
    async let legacy = legacy?.look()
    async let following = following?.look()
    let database = databaseChecks(await schema.look())
    var report = HealthReport(
      checks: database + (await storage), isReady: database.allSatisfy { $0.status != .fail })
    let known = await vitals
    if case .success(let found) = known.answer { report.vitals = found.vitals }
    report.checks += vitalChecks(known)
    report.checks.append(
      HealthCheck(
        "signing:key", sharingProblem ? .warn : .pass,
        sharingProblem ? "download links that this pod signs are refused by others: set one signing secret" : nil))
    if let legacy = await legacy {
      report.legacy = legacy
      report.checks.append(legacy.check)
    }
    if case .success(let following)? = await following?.answer {
      report.checks.append(Self.followingCheck(following))
    }
    return report
  }

  private func databaseChecks(_ found: Probe<SchemaReport>.Finding) -> [HealthCheck] {
    let (response, steps) = ("postgres:responseTime", "postgres:schemaVersion")
    let took = found.took.seconds * 1000
    switch found.answer {
    case .success(let report):
      let step = report.applied.last.map(Double.init)
      let schema =
        if !report.isUsable {
          HealthCheck(
            steps, .fail, value: step, unit: "step",
            "the database lacks parts of the schema: run `bundletop schema apply`")
        } else if !report.unknown.isEmpty {
          HealthCheck(
            steps, .warn, value: step, unit: "step", "the database's schema is newer than this pod: upgrade the pod"
          )
        } else if !report.drift.isEmpty {
          HealthCheck(
            steps, .warn, value: step, unit: "step",
            "the schema was applied in another wording: see `bundletop schema check`")
        } else {
          HealthCheck(steps, value: step, unit: "step")
        }
      return [HealthCheck(response, value: took, unit: "ms"), schema]
    case .failure(let error as StoreError) where error.kind == .schema:
      return [
        HealthCheck(response, value: took, unit: "ms"),
        HealthCheck(steps, .fail, "the database lacks parts of the schema: run `bundletop schema apply`"),
      ]
    case .failure(let error as StoreError) where error.kind != .unavailable:
      return [HealthCheck(response, .fail, value: took, unit: "ms", "the database refuses this pod")]
    case .failure: return [HealthCheck(response, .fail, value: took, unit: "ms", "the database cannot be reached")]
    case nil:
      return [HealthCheck(response, .fail, value: took, unit: "ms", "the database does not answer in time")]
    }
  }

  private func vitalChecks(_ found: Probe<(vitals: StoreVitals, skew: Duration)>.Finding) -> [HealthCheck] {
    // What is wrong with the database is said already.
    guard case .success(let (vitals, skew)) = found.answer else { return [] }
    return [
      .span(
        "queue:oldestAge", vitals.waited, unit: .seconds, warnFrom: .seconds(600),
        "a job has waited for ten minutes: too few pods, none that has the bundle, or claiming is paused"),
      HealthCheck(
        "leases:expired", vitals.expiredLeases > 0 ? .warn : .pass, value: Double(vitals.expiredLeases),
        unit: "jobs",
        vitals.expiredLeases > 0 ? "jobs of pods that are gone wait for a pod that takes them over" : nil),
      .span(
        "postgres:oldestWrite", vitals.oldestWrite, unit: .seconds, warnFrom: .seconds(300),
        "a transaction has been open for five minutes: each look for changes costs more until it ends"),
      HealthCheck(
        "writers:foreign", vitals.hasForeignWriters ? .warn : .pass,
        vitals.hasForeignWriters
          ? "programs without a fence (AppHub's pods) write here, too: keep two writers of one bundle apart" : nil),
      modes(vitals.modes),
      .span(
        "clock:skew", skew, unit: .milliseconds, warnFrom: .seconds(10),
        "this pod's clock and the database's differ: signed links may be refused"),
    ]
  }

  /// Whether the live pods keep bundles in one way.
  private func modes(_ modes: [String]) -> HealthCheck {
    let warning = PersistenceMode.warning(mixed: modes)
    return HealthCheck(
      "pods:persistence", warning == nil ? .pass : .warn, value: Double(modes.count), unit: "modes", warning)
  }

  /// Whether the directory follows, by what the pod publishes. Its reason may name paths, which are for operators.
  private static func followingCheck(_ following: Following?) -> HealthCheck {
    let hasFailed = if case .failed? = following { true } else { false }
    return HealthCheck(
      "legacyData:following", hasFailed ? .warn : .pass,
      hasFailed
        ? "this pod's directory cannot be written, so it does not follow the database: see `bundletop pods`" : nil)
  }

  private func storageChecks() async -> [HealthCheck] {
    let found = await storage.look()
    let took = found.took.seconds * 1000
    let (response, access) = ("objectStore:responseTime", "objectStore:access")
    switch found.answer {
    case .success: return [HealthCheck(response, value: took, unit: "ms"), HealthCheck(access)]
    case .failure(let error as StorageError) where error.kind == .denied:
      return [
        HealthCheck(response, value: took, unit: "ms"),
        HealthCheck(access, .fail, "the object store refuses this pod: archives cannot be stored or fetched"),
      ]
    case .failure:
      return [
        HealthCheck(
          response, .fail, value: took, unit: "ms",
          "the object store cannot be used: archives cannot be stored or fetched")
      ]
    case nil:
      return [
        HealthCheck(
          response, .fail, value: took, unit: "ms",
          "the object store does not answer in time: archives cannot be stored or fetched")
      ]
    }
  }
}

/// How everything is, and the numbers behind it.
package struct HealthReport: Sendable {
  package var checks: [HealthCheck]
  package var isReady: Bool
  package var vitals: StoreVitals?
  package var legacy: LegacyFindings?
}
