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

/// What happens to a bundle.
package enum LifeEvent: Equatable, Sendable {
  /// The test in every write of an attempt.
  package struct Fence: Hashable, Sendable {
    package var job: Int
    package var attempt: Int
    package var owner: OwnerID

    package init(job: Int, attempt: Int, owner: OwnerID) {
      self.job = job
      self.attempt = attempt
      self.owner = owner
    }
  }

  /// What an attempt publishes.
  package struct Made: Equatable, Sendable {
    package var fingerprint: Fingerprint
    package var checksum: Checksum
    package var storageKey: String
    package var cached: Bool

    package init(fingerprint: Fingerprint, checksum: Checksum, storageKey: String, cached: Bool) {
      self.fingerprint = fingerprint
      self.checksum = checksum
      self.storageKey = storageKey
      self.cached = cached
    }
  }

  case enqueue(BundleLife.Wish)
  /// A waiting time passed.
  case becomesDue
  /// A pod takes what it can get; `cap` bounds takeovers.
  case claim(OwnerID, cap: Int)
  /// A lease ran out.
  case leaseExpires
  case renew(Fence)
  case progress(Fence, Stage, Fingerprint?)
  case complete(Fence, Made)
  case fail(Fence, ErrorClass)
  case giveBack(Fence)
  /// A person retries what they saw; nil is not compared.
  case retry(seen: BundleLife.Status?, force: Bool, maxAttempts: Int)
  case cancel(seenJob: Int?)
  /// Whoever tidies ends what was lost too often.
  case endPoison(cap: Int)
}

/// What an event led to.
package struct LifeTransition: Equatable, Sendable {
  /// A table that is written, in the order in which rows are locked.
  package enum Write: String, Equatable, Sendable, CaseIterable {
    case job, status, artifact, attempt
  }

  package enum Answer: Equatable, Sendable {
    /// It was done.
    case done
    /// A queued job took the wish over.
    case merged
    /// The wish waits behind the running job.
    case waiting
    /// That run had committed its end first.
    case alreadyCompleted
    /// The attempt had lost its job: nothing was written, and it must stop.
    case lost
    /// Nothing was written.
    case refused
  }

  package var life: BundleLife
  package var writes: [Write]
  package var answer: Answer
}
