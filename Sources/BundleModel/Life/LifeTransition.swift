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
