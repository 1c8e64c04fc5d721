package import BundleModel
package import BundleStore
internal import ProcessControl
internal import Synchronization

/// What a pod counts of itself: one value for its work and its API.
package final class PodMetrics: Sendable {
  private let registry = MetricRegistry()
  private let pools = Mutex<[(name: String, counts: @Sendable () -> ConnectionCounts)]>([])

  /// - Parameter startedAt: when the process began, by its own clock.
  package init(startedAt: Timestamp = ThisProcess.now()) {
    registry.set(.buildInfo, [BuildInfo.version, BuildInfo.commit], to: 1)
    registry.set(.leasesActive, to: 0)
    registry.set(.startTime, to: Double(startedAt.microseconds) / 1_000_000)
  }

  // MARK: - Work

  /// An attempt has ended.
  package func ended(_ outcome: JobOutcome) { registry.add(to: .jobs, [outcome.rawValue]) }

  /// An attempt has left a stage.
  package func left(_ stage: Stage, after span: Duration) {
    registry.observe(span.seconds, in: .stageDuration, [stage.rawValue])
  }

  /// An attempt has looked for a stored archive, or did without a look.
  package func looked(_ result: CacheResult) { registry.add(to: .cacheRequests, [result.rawValue]) }

  /// An archive was sent.
  package func uploaded(bytes: Int64, in span: Duration) {
    registry.add(Double(bytes), to: .uploadBytes)
    registry.observe(span.seconds, in: .uploadDuration)
  }

  /// How many jobs the pod works on now.
  package func setLeases(_ count: Int) { registry.set(.leasesActive, to: Double(count)) }

  // MARK: - API

  /// A signed link was handed out.
  package func issuedSignedURL(_ backend: StorageKind) { registry.add(to: .signedURLs, [backend.rawValue]) }

  /// A request with or for a signed link was refused.
  package func refusedSignedURL(_ reason: SignedURLRejection) {
    registry.add(to: .signedURLRejections, [reason.rawValue])
  }

  /// A request was answered. Only what the route table says becomes a label, nothing that the caller wrote.
  func answered(_ record: RequestRecord) {
    let route = record.route?.pattern.text ?? "none"
    let method = record.method == .other ? "other" : record.method.rawValue
    registry.add(to: .httpRequests, [method, route, "\(record.status)"])
    registry.observe(record.took.seconds, in: .httpDuration, [route])
    guard record.route?.operationID == Route.sign.operationID else { return }
    switch record.status {
    case 401, 403: refusedSignedURL(.unauthorized)
    case 429: refusedSignedURL(.rate)
    default: break
    }
  }

  // MARK: - Looking

  /// Shows a store's connections under a name.
  package func watch(_ store: BundleStore, pool name: String) {
    pools.withLock { $0.append((name, { store.connectionCounts })) }
  }

  /// Everything as Prometheus reads it.
  ///
  /// - Parameter isStopping: the pod goes and is not ready whatever its database is.
  package func page(_ report: HealthReport, isStopping: Bool = false) async -> String {
    for (name, counts) in pools.withLock({ $0 }) {
      let counts = counts()
      for (state, count) in [("idle", counts.idle), ("busy", counts.busy), ("waiting", counts.waiting)] {
        registry.set(.databaseConnections, [name, state], to: Double(count))
      }
    }
    show(report, isStopping: isStopping)
    let usage = await DetachedThread.value { ProcessUsage.now() }
    registry.set(.processorSeconds, to: usage.processorSeconds)
    if let bytes = usage.residentBytes { registry.set(.residentMemory, to: Double(bytes)) }
    if let files = usage.openFiles { registry.set(.openFiles, to: Double(files)) }
    return registry.text()
  }

  private func show(_ report: HealthReport, isStopping: Bool) {
    registry.set(.ready, to: report.isReady && !isStopping ? 1 : 0)
    registry.clear(.healthCheck)
    for check in report.checks {
      let value = check.status == .pass ? 0.0 : check.status == .warn ? 1 : 2
      registry.set(.healthCheck, [check.name], to: value)
    }
    for family in [MetricFamily.queueJobs, .queueOldest, .leasesExpired, .legacyFiles] { registry.clear(family) }
    if let vitals = report.vitals {
      registry.set(.queueJobs, ["queued"], to: Double(vitals.queued))
      registry.set(.queueJobs, ["running"], to: Double(vitals.running))
      registry.set(.queueOldest, to: vitals.waited?.seconds ?? 0)
      registry.set(.leasesExpired, to: Double(vitals.expiredLeases))
    }
    if let legacy = report.legacy, legacy.problem == nil {
      registry.set(.legacyFiles, ["not_migrated"], to: Double(legacy.unmigrated))
      registry.set(.legacyFiles, ["leftover"], to: Double(legacy.leftovers))
      registry.set(.legacyFiles, ["unreadable"], to: Double(legacy.unreadable))
    }
  }
}
