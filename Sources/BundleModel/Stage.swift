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
