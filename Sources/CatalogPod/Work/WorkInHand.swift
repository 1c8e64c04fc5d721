internal import BundleModel
internal import BundleStore
internal import Logging
internal import PodAPI

/// The jobs that a pod works on: their leases and the tasks that live by them.
///
/// The tables decide; this starts and stops what they say.
actor WorkInHand {
  private let pod: PodDependencies
  private let wakeUps: WakeUps
  private var leases: LeaseTable { didSet { pod.metrics.setLeases(leases.count) } }
  private var attempts = AttemptTable()

  /// - Parameter wakeUps: rung when an attempt has ended and made room.
  init(pod: PodDependencies, wakeUps: WakeUps) {
    self.pod = pod
    self.wakeUps = wakeUps
    leases = LeaseTable(stopAfter: pod.store.settings.stopAfter)
  }

  /// The claims to renew.
  var leased: [Claim] { leases.claims }
  var leaseCount: Int { leases.count }
  /// How many attempts have not ended, also of those that were told to.
  var attemptCount: Int { attempts.count }

  /// Begins to work on what a statement sent at `sent` has claimed.
  func start(_ claims: [Claim], sent: LeaseTable.Instant) {
    for claim in claims { start(claim, sent: sent) }
  }

  private func start(_ claim: Claim, sent: LeaseTable.Instant) {
    for earlier in leases.add(claim, sent: sent) {
      pod.log.warning("claimed a job again that was worked on", metadata: ["bundle": "\(earlier.slug)"])
      attempts.lose(earlier)
    }
    let loss = LossFlag()
    attempts.start(claim, loss) { [pod] number in
      let runner = AttemptRunner(claim: claim, pod: pod, loss: loss)
      await runner.run { [weak self] in Task { await self?.lose(number) } }
      await self.ended(number)
    }
  }

  private func ended(_ number: Int) {
    if let claim = attempts.end(number) { leases.remove(claim) }
    wakeUps.ring()
  }

  /// A renewal was answered: what it did not keep is lost.
  func renewed(asked: [Claim], kept: Set<Claim>, sent: LeaseTable.Instant) {
    lose(leases.renewed(asked: asked, kept: kept, sent: sent))
  }

  /// Stops what no renewal succeeded for in time.
  func stopOverdue() { lose(leases.overdue(at: .now)) }

  /// Stops attempts whose jobs belong to somebody else now. Their writes change nothing any more.
  func lose(_ claims: [Claim]) {
    for claim in claims where attempts.contains(claim) {
      leases.remove(claim)
      attempts.lose(claim)
      pod.log.warning("lost a job", metadata: ["bundle": "\(claim.slug)", "attempt": "\(claim.attempt)"])
    }
  }

  /// The same for work whose own write has shown it.
  private func lose(_ number: Int) {
    if let claim = attempts.claim(of: number) { lose([claim]) }
  }

  /// Tells all work to stop; it gives its jobs back.
  func stopAll() { attempts.cancelAll() }

  /// Waits for the end of everything that was begun.
  func ends() async {
    for attempt in attempts.tasks { await attempt.value }
  }
}
