/// Everything that the tables say of one bundle, as a value: its jobs, attempts, artifacts and its status.
///
/// `transition` is the protocol without a database: the SQL must come to the same tables, which tests hold it to.
/// Jobs are named by their place in the order of creation.
package struct BundleLife: Equatable, Sendable {
  package struct Job: Equatable, Sendable {
    package var state: JobState
    package var options: JobOptions
    /// What was asked for while it was running.
    package var next: Wish?
    package var attempt: Int
    package var maxAttempts: Int
    /// Set while it runs.
    package var owner: OwnerID?
    /// True when nobody renewed in time; only while it runs.
    package var isExpired: Bool
    /// False while it waits for its time; only while it is queued.
    package var isDue: Bool
    package var errorClass: ErrorClass?
  }

  /// What is asked for: options, and how often to try.
  package struct Wish: Equatable, Sendable {
    package var options: JobOptions
    package var maxAttempts: Int

    package init(_ options: JobOptions, maxAttempts: Int) {
      self.options = options
      self.maxAttempts = maxAttempts
    }

    /// Both wishes in one, or nil when they are of different sources.
    func merged(with asked: Wish) -> Wish? {
      guard options.descriptor == asked.options.descriptor else { return nil }
      var both = asked
      both.options.force = options.force || asked.options.force
      both.options.skipBuild = options.skipBuild || asked.options.skipBuild
      both.options.minify = options.minify || asked.options.minify
      return both
    }
  }

  package struct Attempt: Equatable, Sendable {
    package var job: Int
    package var number: Int
    package var owner: OwnerID
    /// Nil while it runs.
    package var outcome: AttemptOutcome?
  }

  package struct Artifact: Equatable, Sendable {
    package var checksum: Checksum
    package var storageKey: String
    /// The job that published these bytes.
    package var job: Int
  }

  package struct Status: Equatable, Sendable {
    package var job: Int
    package var stage: Stage
    package var fingerprint: Fingerprint
    package var attempt: Int
    /// Whose work it shows; nil while it is queued.
    package var owner: OwnerID?
    /// Set when completed, and only then.
    package var checksum: Checksum?
    package var cached: Bool?

    package var state: BundleState { stage.state }
  }

  package var jobs: [Job] = []
  package var attempts: [Attempt] = []
  package var artifacts: [Fingerprint: Artifact] = [:]
  package var status: Status?

  package init() {}

  /// The job that is queued or running.
  package var active: Int? { jobs.firstIndex { !$0.state.isTerminal } }
}
