import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

/// Where an interleaving begins: brought about by the store's own statements, for many bundles at once.
enum InterleavingStart: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case queued, running, wish, expired, expiredWish, takenOver, takenOverByItself, poison, waiting, returned, failed
  case cancelled, completed, rerun

  var testDescription: String { rawValue }

  /// Attempts after which a job that kills its pods is given up.
  static let cap = 2
  static let maxAttempts = 3

  private enum Step {
    case enqueue(JobOptions)
    case claim(OwnerID)
    case expire, complete, giveBack, cancel
    case fail(ErrorClass)
  }

  private var steps: [Step] {
    let a = InterleavingOwners.a
    let b = InterleavingOwners.b
    let begun: [Step] = [.enqueue(JobOptions()), .claim(a)]
    let wish: [Step] = [.enqueue(JobOptions(minify: true))]
    return switch self {
    case .queued: [.enqueue(JobOptions())]
    case .running: begun
    case .wish: begun + wish
    case .expired: begun + [.expire]
    case .expiredWish: begun + wish + [.expire]
    case .takenOver: begun + [.expire, .claim(b)]
    case .takenOverByItself: begun + [.expire, .claim(a)]
    case .poison: begun + wish + [.expire, .claim(b), .expire]
    case .waiting: begun + [.fail(.storage)]
    case .returned: begun + [.giveBack]
    case .failed: begun + [.fail(.bundle)]
    case .cancelled: begun + [.cancel]
    case .completed: begun + [.complete]
    case .rerun: begun + [.complete, .enqueue(JobOptions()), .claim(b)]
    }
  }

  /// What attempts believe to hold: the first one, and another that took the job over, runs the next one or, where
  /// there is none, a process that knows the right number and never claimed.
  var fences: [(who: String, fence: LifeEvent.Fence)] {
    let old = LifeEvent.Fence(job: 0, attempt: 1, owner: InterleavingOwners.a)
    return switch self {
    case .queued: []
    case .takenOver, .poison: [("old", old), ("new", .init(job: 0, attempt: 2, owner: InterleavingOwners.b))]
    case .takenOverByItself: [("old", old), ("new", .init(job: 0, attempt: 2, owner: InterleavingOwners.a))]
    case .rerun: [("old", old), ("new", .init(job: 1, attempt: 1, owner: InterleavingOwners.b))]
    default: [("old", old), ("stranger", .init(job: 0, attempt: 1, owner: InterleavingOwners.b))]
    }
  }

  /// The same by the pure protocol.
  var life: BundleLife { Self.life(steps[...]) }

  private static func life(_ steps: ArraySlice<Step>) -> BundleLife {
    var life = BundleLife()
    for step in steps { life = BundleLife.transition(life, event(step, life)).life }
    return life
  }

  private static func event(_ step: Step, _ life: BundleLife) -> LifeEvent {
    let job = life.active ?? 0
    let owner = life.jobs.indices.contains(job) ? life.jobs[job].owner : nil
    let attempt = life.jobs.indices.contains(job) ? life.jobs[job].attempt : 0
    let fence = LifeEvent.Fence(job: job, attempt: attempt, owner: owner ?? InterleavingOwners.a)
    return switch step {
    case .enqueue(let options): .enqueue(.init(options, maxAttempts: maxAttempts))
    case .claim(let owner): .claim(owner, cap: cap)
    case .expire: .leaseExpires
    case .complete: .complete(fence, known)
    case .giveBack: .giveBack(fence)
    case .cancel: .cancel(seenJob: nil)
    case .fail(let errorClass): .fail(fence, errorClass)
    }
  }

  /// What an earlier job published.
  static let known = made("f0", bytes: 1, cached: false)

  /// An artifact; `bytes` stands for the content.
  static func made(_ fingerprint: String, bytes: UInt8, cached: Bool) -> LifeEvent.Made {
    LifeEvent.Made(
      fingerprint: Fingerprint(fingerprint)!, checksum: Checksum(digest: [UInt8](repeating: bytes, count: 32))!,
      storageKey: "k/\(fingerprint)/\(bytes)", cached: cached)
  }

  /// One statement ends all jobs of this kind, whosever they are: the leases of those that are prepared for later must
  /// not have run out yet, and nothing may be left of those before.
  var isTakenOneByOne: Bool { self == .poison }

  /// Brings bundles to this state; returns their jobs. Those that are taken one by one lack the end of their lease.
  func prepare(_ slugs: [Slug], on connection: Connection) async throws -> [Slug: [JobID]] {
    let names = Parameter.textArray(slugs.map(\.text))
    let steps = isTakenOneByOne ? self.steps.dropLast() : self.steps[...]
    for step in steps {
      let (sql, parameters) = try Self.statement(step, count: slugs.count)
      let rows = try await connection.query(sql, parameters(names))
      guard rows.count == slugs.count else {
        throw TestSupportError("\(rawValue): \(step) prepared \(rows.count) of \(slugs.count)")
      }
    }
    let entries = try await StoredLives(connection: connection, workers: InterleavingOwners.workers).read(slugs)
    let wanted = Self.life(steps)
    for slug in slugs where entries[slug]?.life != wanted {
      throw TestSupportError("\(rawValue) begins as \(String(describing: entries[slug]?.life)), not as \(wanted)")
    }
    return entries.mapValues(\.jobs)
  }

  /// Lets the lease of the next one run out.
  func takeOne(_ slug: Slug, on connection: Connection) async throws {
    let (sql, parameters) = try Self.statement(.expire, count: 1)
    try await connection.query(sql, parameters(.textArray([slug.text])))
  }

  /// Nobody ends it any more.
  func leaveOne(_ slug: Slug, on connection: Connection) async throws {
    try await connection.query(
      "update example_bundle_jobs set lease_until = now() + interval '1 second' * 300 where slug = $1 and state = 'running'",
      [.text(slug.text)])
  }

  /// The statement for all bundles, and its parameters made of their names.
  private static func statement(_ step: Step, count: Int) throws -> (String, (Parameter) -> [Parameter]) {
    let running = "from example_bundle_jobs where slug = any($1::text[]) and state = 'running'"
    switch step {
    case .enqueue(let options):
      let json = Parameter.text(try JobOptionsCode.encode(options))
      return (
        """
        select e.* from unnest($1::text[]) s
         cross join lateral bundletop_enqueue(s, $2::jsonb, 'p', null, $3::int, null, 0, null) e
        """, { names in [names, json, .integer(maxAttempts)] }
      )
    case .claim(let owner):
      let pod = InterleavingOwners.workers[owner]?.pod ?? "?"
      return (
        SQLText.claim, { names in [.text(owner.text), .text(pod), "300 s", names, .integer(count), .integer(cap)] }
      )
    case .expire:
      return (
        """
        update example_bundle_jobs set lease_until = now() - interval '1 second'
         where slug = any($1::text[]) and state = 'running' returning 1
        """, { names in [names] }
      )
    case .complete:
      return (
        """
        select bundletop_complete(id, attempt, owner, $2, '1.0', $3, 'a.tgz', 's3', $4, 's3://bucket',
                                  'application/gzip', 10, false, null, null) \(running)
        """,
        { names in [names, .text(known.fingerprint.text), .text(known.checksum.hex), .text(known.storageKey)] }
      )
    case .giveBack: return ("select bundletop_return(id, attempt, owner, null) \(running)", { names in [names] })
    case .cancel:
      return (
        "select c.* from unnest($1::text[]) s cross join lateral bundletop_cancel(s, null, 'p', null, null) c",
        { names in [names] }
      )
    case .fail(let errorClass):
      let wait: Parameter = errorClass.isTransient ? "600 s" : .null
      return (
        "select bundletop_fail(id, attempt, owner, $2, 'e', null, $3::interval) \(running)",
        { names in [names, .text(errorClass.rawValue), wait] }
      )
    }
  }
}

extension InterleavingStart {
  /// Everything that anybody may do in this state, also those who have lost.
  var actions: [InterleavedAction] {
    var actions: [InterleavedAction] = []
    for (index, (who, fence)) in fences.enumerated() {
      let bytes = UInt8(10 + index)
      let stage: Stage = index == 0 ? .packaging : .installingDependencies
      actions += [
        .init("\(who) progress", .progress(fence, stage, Fingerprint(who))),
        .init("\(who) renew", .renew(fence)),
        .init(
          "\(who) complete", .complete(fence, Self.made("f1", bytes: bytes, cached: false)), locksPublication: true),
        .init("\(who) complete-cached", .complete(fence, Self.made("f0", bytes: 1, cached: true))),
        .init("\(who) fail-transient", .fail(fence, .storage)),
        .init("\(who) fail-bundle", .fail(fence, .bundle)),
        .init("\(who) give-back", .giveBack(fence)),
      ]
    }
    return actions + pods + people
  }

  /// What any pod may do.
  var pods: [InterleavedAction] {
    [
      .init("a claim", .claim(InterleavingOwners.a, cap: Self.cap)),
      .init("b claim", .claim(InterleavingOwners.b, cap: Self.cap)),
      .init("end-poison", .endPoison(cap: Self.cap)),
    ]
  }

  /// What people may do: what they mean, and whatever is there.
  var people: [InterleavedAction] {
    let life = life
    return [
      .init("retry as seen", .retry(seen: life.status, force: false, maxAttempts: Self.maxAttempts)),
      .init("retry by force", .retry(seen: nil, force: true, maxAttempts: Self.maxAttempts)),
      .init("cancel as seen", .cancel(seenJob: life.status?.job)),
      .init("cancel", .cancel(seenJob: nil)),
      .init("enqueue", .enqueue(.init(JobOptions(force: true), maxAttempts: Self.maxAttempts))),
    ]
  }
}
