/// Where the packaging of a bundle stands, in the words of AppHub.
package enum Stage: String, CaseIterable, Sendable {
  case queued
  case resolving
  case cacheHit = "cache-hit"
  case installingDependencies = "installing-dependencies"
  case packaging
  case completed
  case failed

  /// Reads a stored stage; an unknown word reads as `queued`, as AppHub does.
  package init(stored: String) { self = Stage(rawValue: stored) ?? .queued }

  /// The state that belongs to this stage.
  package var state: BundleState {
    switch self {
    case .queued: .queued
    case .completed: .completed
    case .failed: .failed
    case .resolving, .cacheHit, .installingDependencies, .packaging: .running
    }
  }
}

/// The coarse state of a bundle.
package enum BundleState: String, CaseIterable, Sendable {
  case queued, running, completed, failed
}

/// The state of a job. Only a job can be `cancelled`; its bundle then reads as failed.
package enum JobState: String, CaseIterable, Sendable {
  case queued, running, completed, failed, cancelled

  /// True when nothing will happen to the job any more.
  package var isTerminal: Bool {
    switch self {
    case .queued, .running: false
    case .completed, .failed, .cancelled: true
    }
  }
}

/// How an attempt ended.
package enum AttemptOutcome: String, CaseIterable, Sendable {
  case completed, failed, lost, cancelled, returned
}

/// Why an attempt failed; decides whether trying again may help.
package enum ErrorClass: String, CaseIterable, Sendable {
  /// The bundle itself is broken: its config, its manifest, its sources. Waits for a person.
  case bundle
  /// The object store did not answer or refused.
  case storage
  /// A deadline passed.
  case timeout
  /// The pod vanished.
  case lost
  /// A person cancelled.
  case cancelled
  /// The pod's own fault: disk full, a missing program, a broken set-up.
  case pod

  /// True when another attempt may succeed without anybody changing anything.
  package var isTransient: Bool {
    switch self {
    case .storage, .timeout, .lost: true
    case .bundle, .cancelled, .pod: false
    }
  }
}
