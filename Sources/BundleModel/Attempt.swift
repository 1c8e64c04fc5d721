/// One execution of a job by one pod.
package struct Attempt: Equatable, Sendable {
  package var job: JobID
  package var slug: Slug
  package var number: Int
  package var pod: String
  package var startedAt: Timestamp
  package var endedAt: Timestamp?
  /// Nil while it runs.
  package var outcome: AttemptOutcome?
  package var stages: [StageTiming]
  package var errorClass: ErrorClass?
  package var error: String?
  /// True when the artifact was found and nothing was built.
  package var cached: Bool?
  /// What was resolved; nil before.
  package var fingerprint: Fingerprint?
  /// The end of what its programs printed.
  package var tail: String?

  package init(
    job: JobID, slug: Slug, number: Int, pod: String, startedAt: Timestamp, endedAt: Timestamp? = nil,
    outcome: AttemptOutcome? = nil, stages: [StageTiming] = [], errorClass: ErrorClass? = nil, error: String? = nil,
    cached: Bool? = nil, fingerprint: Fingerprint? = nil, tail: String? = nil
  ) {
    self.job = job
    self.slug = slug
    self.number = number
    self.pod = pod
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.outcome = outcome
    self.stages = stages
    self.errorClass = errorClass
    self.error = error
    self.cached = cached
    self.fingerprint = fingerprint
    self.tail = tail
  }
}

/// When a stage of an attempt began.
package struct StageTiming: Equatable, Sendable {
  package var stage: Stage
  package var startedAt: Timestamp

  package init(stage: Stage, startedAt: Timestamp) {
    self.stage = stage
    self.startedAt = startedAt
  }
}

/// How an attempt ended.
package enum AttemptOutcome: String, CaseIterable, Sendable {
  case completed, failed, lost, cancelled, returned
}
