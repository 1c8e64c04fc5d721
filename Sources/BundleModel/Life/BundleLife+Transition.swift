extension BundleLife {
  /// What the tables say after an event.
  ///
  /// Pure: the same arguments give the same answer. Nothing but an attempt that holds its job writes progress or an
  /// end; nothing changes a job that has ended but a retry.
  package static func transition(_ life: BundleLife, _ event: LifeEvent) -> LifeTransition {
    var next = life
    let (answer, writes) = next.apply(event)
    return LifeTransition(life: writes.isEmpty ? life : next, writes: writes, answer: answer)
  }

  private typealias Outcome = (LifeTransition.Answer, [LifeTransition.Write])

  private mutating func apply(_ event: LifeEvent) -> Outcome {
    switch event {
    case .enqueue(let wish): return enqueue(wish)
    case .becomesDue: return becomeDue()
    case .claim(let owner, let cap): return claim(owner, cap: cap)
    case .leaseExpires: return expire()
    case .renew(let fence):
      guard holds(fence) else { return (.lost, []) }
      jobs[fence.job].isExpired = false
      return (.done, [.job])
    case .progress(let fence, let stage, let fingerprint):
      guard holds(fence), stage.state == .running else { return (.lost, []) }
      show(fence.job, stage, fingerprint: fingerprint, owner: fence.owner)
      return (.done, [.status, .attempt])
    case .complete(let fence, let made): return complete(fence, made)
    case .fail(let fence, let errorClass): return fail(fence, errorClass)
    case .giveBack(let fence): return giveBack(fence)
    case .retry(let seen, let force, let maxAttempts): return retry(seen, force: force, maxAttempts: maxAttempts)
    case .cancel(let seen): return cancel(seen)
    case .endPoison(let cap): return endPoison(cap)
    }
  }

  // MARK: - Wishes

  private mutating func enqueue(_ wish: Wish) -> Outcome {
    guard let job = active else {
      addJob(wish)
      return (.done, [.job, .status])
    }
    if jobs[job].state == .queued {
      let waiting = Wish(jobs[job].options, maxAttempts: jobs[job].maxAttempts)
      guard let merged = waiting.merged(with: wish) else { return (.refused, []) }
      jobs[job].options = merged.options
      jobs[job].isDue = true
      return (.merged, [.job])
    }
    guard let merged = jobs[job].next.map({ $0.merged(with: wish) }) ?? wish else { return (.refused, []) }
    jobs[job].next = merged
    return (.waiting, [.job])
  }

  private mutating func addJob(_ wish: Wish) {
    jobs.append(
      Job(
        state: .queued, options: wish.options, next: nil, attempt: 0, maxAttempts: wish.maxAttempts, owner: nil,
        isExpired: false, isDue: true, errorClass: nil))
    show(jobs.count - 1, .queued)
  }

  /// What waits behind a job that has ended becomes a job.
  private mutating func startNext(_ job: Int) {
    guard let wish = jobs[job].next else { return }
    jobs[job].next = nil
    addJob(wish)
  }

  /// What waits behind a job that waits again becomes part of it.
  private mutating func absorbNext(_ job: Int) {
    guard let wish = jobs[job].next,
      let merged = Wish(jobs[job].options, maxAttempts: 0).merged(with: wish)
    else { return }
    jobs[job].options = merged.options
    jobs[job].next = nil
  }

  private mutating func becomeDue() -> Outcome {
    guard let job = active, jobs[job].state == .queued, !jobs[job].isDue else { return (.refused, []) }
    jobs[job].isDue = true
    return (.done, [.job])
  }

  // MARK: - Attempts

  private func holds(_ fence: LifeEvent.Fence) -> Bool {
    guard jobs.indices.contains(fence.job) else { return false }
    let job = jobs[fence.job]
    return job.state == .running && job.attempt == fence.attempt && job.owner == fence.owner
  }

  private mutating func claim(_ owner: OwnerID, cap: Int) -> Outcome {
    guard let job = active else { return (.refused, []) }
    switch jobs[job].state {
    case .running:
      guard jobs[job].isExpired, jobs[job].attempt < cap else { return (.refused, []) }
      close(job, .lost)
      jobs[job].maxAttempts += 1
    default:
      guard jobs[job].isDue, jobs[job].attempt < jobs[job].maxAttempts else { return (.refused, []) }
    }
    jobs[job].state = .running
    jobs[job].attempt += 1
    jobs[job].owner = owner
    jobs[job].isExpired = false
    attempts.append(Attempt(job: job, number: jobs[job].attempt, owner: owner))
    show(job, .resolving, owner: owner)
    return (.done, [.job, .status, .attempt])
  }

  private mutating func expire() -> Outcome {
    guard let job = active, jobs[job].state == .running, !jobs[job].isExpired else { return (.refused, []) }
    jobs[job].isExpired = true
    return (.done, [.job])
  }

  private mutating func complete(_ fence: LifeEvent.Fence, _ made: LifeEvent.Made) -> Outcome {
    guard holds(fence) else { return (.lost, []) }
    end(fence.job, .completed)
    let known = artifacts[made.fingerprint]
    let isKnown = made.cached && known?.checksum == made.checksum && known?.storageKey == made.storageKey
    if !isKnown {
      artifacts[made.fingerprint] = Artifact(
        checksum: made.checksum, storageKey: made.storageKey, job: fence.job)
    }
    show(fence.job, .completed, fingerprint: made.fingerprint, owner: fence.owner)
    status?.checksum = made.checksum
    status?.cached = made.cached
    close(fence.job, .completed)
    startNext(fence.job)
    return (.done, [.job, .status, .artifact, .attempt])
  }

  private mutating func fail(_ fence: LifeEvent.Fence, _ errorClass: ErrorClass) -> Outcome {
    guard holds(fence) else { return (.lost, []) }
    close(fence.job, .failed)
    if errorClass.isTransient, jobs[fence.job].attempt < jobs[fence.job].maxAttempts {
      wait(fence.job, isDue: false)
      jobs[fence.job].errorClass = errorClass
    } else {
      end(fence.job, .failed, errorClass)
      show(fence.job, .failed, owner: fence.owner)
      startNext(fence.job)
    }
    return (.done, [.job, .status, .attempt])
  }

  private mutating func giveBack(_ fence: LifeEvent.Fence) -> Outcome {
    guard holds(fence) else { return (.lost, []) }
    close(fence.job, .returned)
    jobs[fence.job].maxAttempts += 1
    wait(fence.job, isDue: true)
    return (.done, [.job, .status, .attempt])
  }

  private mutating func endPoison(_ cap: Int) -> Outcome {
    guard let job = active, jobs[job].state == .running, jobs[job].isExpired, jobs[job].attempt >= cap else {
      return (.refused, [])
    }
    let owner = jobs[job].owner
    close(job, .lost)
    end(job, .failed, .lost)
    show(job, .failed, owner: owner)
    startNext(job)
    return (.done, [.job, .status, .attempt])
  }

  // MARK: - Operators

  private mutating func retry(_ seen: Status?, force: Bool, maxAttempts: Int) -> Outcome {
    guard let status, status.state == .failed, active == nil else { return (.refused, []) }
    if let seen {
      let isSame =
        seen.state == .failed && seen.fingerprint == status.fingerprint && seen.job == status.job
        && seen.attempt == status.attempt
      guard isSame else { return (.refused, []) }
    }
    let job = status.job
    guard jobs[job].state == .failed || jobs[job].state == .cancelled else {
      addJob(Wish(JobOptions(force: force), maxAttempts: maxAttempts))
      return (.done, [.job, .status])
    }
    jobs[job].maxAttempts += 1
    if force { jobs[job].options.force = true }
    jobs[job].errorClass = nil
    wait(job, isDue: true)
    return (.done, [.job, .status])
  }

  private mutating func cancel(_ seen: Int?) -> Outcome {
    guard let job = active, seen == nil || seen == job else {
      let meant = seen ?? status?.job
      let isCompleted = meant.map { jobs[$0].state == .completed } ?? false
      return (isCompleted ? .alreadyCompleted : .refused, [])
    }
    let owner = jobs[job].attempt == 0 ? nil : attempts.last { $0.job == job }?.owner
    close(job, .cancelled)
    end(job, .cancelled, .cancelled)
    show(job, .failed, owner: owner)
    startNext(job)
    return (.done, [.job, .status, .attempt])
  }

  // MARK: - Rows

  private mutating func wait(_ job: Int, isDue: Bool) {
    jobs[job].state = .queued
    jobs[job].owner = nil
    jobs[job].isExpired = false
    jobs[job].isDue = isDue
    absorbNext(job)
    show(job, .queued)
  }

  private mutating func end(_ job: Int, _ state: JobState, _ errorClass: ErrorClass? = nil) {
    jobs[job].state = state
    jobs[job].owner = nil
    jobs[job].isExpired = false
    jobs[job].isDue = true
    jobs[job].errorClass = errorClass
  }

  /// Ends the attempt that is open, if one is.
  private mutating func close(_ job: Int, _ outcome: AttemptOutcome) {
    guard let last = attempts.lastIndex(where: { $0.job == job && $0.outcome == nil }) else { return }
    attempts[last].outcome = outcome
  }

  /// The whole row, so that nothing of an earlier run stands beside it; the fingerprint last resolved stays.
  private mutating func show(_ job: Int, _ stage: Stage, fingerprint: Fingerprint? = nil, owner: OwnerID? = nil) {
    let attempt = jobs[job].attempt + (stage == .queued ? 1 : 0)
    status = Status(
      job: job, stage: stage, fingerprint: fingerprint ?? status?.fingerprint ?? .pending, attempt: attempt,
      owner: owner)
  }
}
