internal import BundleModel

extension MetricFamily {
  /// Everything that a pod exports, in the order of the page.
  package static let all: [MetricFamily] = [
    buildInfo, ready, healthCheck,
    jobs, stageDuration, cacheRequests, uploadBytes, uploadDuration, leasesActive,
    queueJobs, queueOldest, leasesExpired,
    signedURLs, signedURLRejections,
    httpRequests, httpDuration,
    databaseConnections, legacyFiles,
    residentMemory, openFiles, processorSeconds, startTime,
  ]

  static let buildInfo = MetricFamily(
    "catalog_build_info", .gauge, "Which program this is; always 1.", labels: ["version", "commit"])
  static let ready = MetricFamily("catalog_ready", .gauge, "1 when this pod can answer requests.")
  static let healthCheck = MetricFamily(
    "catalog_health_check", .gauge, "0 when all is well, 1 for a warning, 2 for a failure.", labels: ["check"])

  static let jobs = MetricFamily(
    "catalog_bundle_jobs_total", .counter, "Attempts at jobs that ended on this pod.", labels: ["outcome"],
    known: JobOutcome.allCases.map { [$0.rawValue] })
  static let stageDuration = MetricFamily(
    "catalog_bundle_stage_duration_seconds", .histogram([0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900]),
    "How long attempts stayed in a stage.", labels: ["stage"],
    known: Stage.allCases.filter { $0.state == .running }.map { [$0.rawValue] })
  static let cacheRequests = MetricFamily(
    "catalog_bundle_cache_requests_total", .counter, "Looks for a stored archive instead of a build.",
    labels: ["result"], known: CacheResult.allCases.map { [$0.rawValue] })
  static let uploadBytes = MetricFamily(
    "catalog_artifact_upload_bytes_total", .counter, "Bytes of archives that were sent to the object store.")
  static let uploadDuration = MetricFamily(
    "catalog_artifact_upload_duration_seconds", .histogram([0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]),
    "How long uploads of archives took.")
  static let leasesActive = MetricFamily("catalog_bundle_leases_active", .gauge, "Jobs that this pod works on.")

  static let queueJobs = MetricFamily(
    "catalog_queue_jobs", .gauge, "Jobs in the database, of all pods.", labels: ["state"])
  static let queueOldest = MetricFamily(
    "catalog_queue_oldest_seconds", .gauge, "How long the job that waits longest could have been claimed.")
  static let leasesExpired = MetricFamily(
    "catalog_queue_leases_expired", .gauge, "Running jobs whose lease has ended and that no pod took over.")

  static let signedURLs = MetricFamily(
    "catalog_signed_urls_issued_total", .counter, "Signed links that were handed out.", labels: ["backend"],
    known: [["local"], ["s3"]])
  static let signedURLRejections = MetricFamily(
    "catalog_signed_url_rejections_total", .counter, "Requests with or for a signed link that were refused.",
    labels: ["reason"], known: SignedURLRejection.allCases.map { [$0.rawValue] })

  static let httpRequests = MetricFamily(
    "catalog_http_requests_total", .counter, "Answered requests.", labels: ["method", "route", "status"])
  static let httpDuration = MetricFamily(
    "catalog_http_request_duration_seconds",
    .histogram([0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]),
    "From a request's head to its answer's head.", labels: ["route"])

  static let databaseConnections = MetricFamily(
    "catalog_db_connections", .gauge, "Connections to the database, and statements that wait for one.",
    labels: ["pool", "state"])
  static let legacyFiles = MetricFamily(
    "catalog_legacy_files", .gauge, "Statuses of AppHub's old store that are still on this pod's disk.",
    labels: ["state"])

  // Names and meaning of every Prometheus client library.
  static let residentMemory = MetricFamily(
    "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.")
  static let openFiles = MetricFamily("process_open_fds", .gauge, "Number of open file descriptors.")
  static let processorSeconds = MetricFamily(
    "process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.")
  static let startTime = MetricFamily(
    "process_start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.")
}

/// How an attempt at a job ended on its pod.
package enum JobOutcome: String, Sendable, CaseIterable {
  case completed
  /// For good.
  case failed
  /// It failed and will be tried again.
  case retried
  case cancelled
  /// Given back by a pod that was asked to go.
  case returned
  /// Somebody else has the job, or nobody could be told how it ended.
  case lost
}

/// What a look for a stored archive found.
package enum CacheResult: String, Sendable, CaseIterable {
  case hit, miss
  /// The row is there, the object is not.
  case missing
  /// The object holds other bytes.
  case mismatch
  /// Nobody looked: the build was forced, or its inputs are not pinned.
  case bypass
}

/// Why no signed link was made or taken.
package enum SignedURLRejection: String, Sendable, CaseIterable {
  case expired
  case invalid
  /// The caller asks too often.
  case rate
  /// No token, or one without the right.
  case unauthorized
}
