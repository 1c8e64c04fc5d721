internal import BundleModel

/// Which jobs a pod holds, and until when it may believe so.
///
/// Decides, and does nothing: the pod reads the clock, talks to the database and stops work. The clock must run
/// through a suspend, and every moment is the one at which a request was *sent*: the database starts the lease later
/// than that, so the pod always gives up first.
struct LeaseTable: Sendable {
  typealias Instant = ContinuousClock.Instant

  private var sentAt: [Claim: Instant] = [:]
  private let stopAfter: Duration

  init(stopAfter: Duration) { self.stopAfter = stopAfter }

  /// What is held.
  var claims: [Claim] { Array(sentAt.keys) }
  var count: Int { sentAt.count }

  /// A claim succeeded whose statement was sent at `sent`. Returns what was held of the same job: it is not ours any
  /// more, or, after a failover that lost the claim, it is this very right come out again; its work must stop first.
  mutating func add(_ claim: Claim, sent: Instant) -> [Claim] {
    let replaced = sentAt.keys.filter { $0.job == claim.job }
    for earlier in replaced { sentAt[earlier] = nil }
    sentAt[claim] = sent
    return replaced
  }

  /// The attempt ended, or was given up.
  mutating func remove(_ claim: Claim) { sentAt[claim] = nil }

  /// A renewal was answered: what was asked for, and what of it is still ours. Returns what was lost.
  mutating func renewed(asked: [Claim], kept: Set<Claim>, sent: Instant) -> [Claim] {
    var lost: [Claim] = []
    for claim in asked where sentAt[claim] != nil {
      if kept.contains(claim) { sentAt[claim] = sent } else { lost.append(claim) }
    }
    return lost
  }

  /// What must stop now, because no renewal succeeded for too long.
  func overdue(at now: Instant) -> [Claim] {
    sentAt.filter { now - $0.value >= stopAfter }.map(\.key)
  }
}
