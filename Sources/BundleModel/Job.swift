/// Identifies a job: a UUID in lower case, as Postgres writes it.
package struct JobID: Hashable, Sendable, CustomStringConvertible {
  package let text: String
  package init(_ text: String) { self.text = text }
  package var description: String { text }
}

/// Identifies one run of a pod process: a random UUID in lower case. A restarted pod is another owner.
package struct OwnerID: Hashable, Sendable, CustomStringConvertible {
  package let text: String
  package init(_ text: String) { self.text = text }
  package var description: String { text }
}

/// Where the sources of a bundle are, when they are not found by slug.
package struct Descriptor: Hashable, Sendable, Codable {
  package var module: String
  package var repo: String?
  package var path: String?
  package var ref: String?
  package var commit: String?
  package var configPath: String?

  package init(
    module: String, repo: String? = nil, path: String? = nil, ref: String? = nil, commit: String? = nil,
    configPath: String? = nil
  ) {
    self.module = module
    self.repo = repo
    self.path = path
    self.ref = ref
    self.commit = commit
    self.configPath = configPath
  }
}

/// What was asked for when a bundle was enqueued.
package struct JobOptions: Hashable, Sendable {
  /// Build even when the cache has the answer.
  package var force: Bool
  package var skipBuild: Bool
  package var minify: Bool
  package var descriptor: Descriptor?

  package init(force: Bool = false, skipBuild: Bool = false, minify: Bool = false, descriptor: Descriptor? = nil) {
    self.force = force
    self.skipBuild = skipBuild
    self.minify = minify
    self.descriptor = descriptor
  }
}

/// The right to work on a job: what every write of an attempt is fenced by.
package struct Claim: Hashable, Sendable {
  package var job: JobID
  package var slug: Slug
  package var attempt: Int
  package var owner: OwnerID
  package var maxAttempts: Int
  package var options: JobOptions

  package init(job: JobID, slug: Slug, attempt: Int, owner: OwnerID, maxAttempts: Int, options: JobOptions) {
    self.job = job
    self.slug = slug
    self.attempt = attempt
    self.owner = owner
    self.maxAttempts = maxAttempts
    self.options = options
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
