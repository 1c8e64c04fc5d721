import BundleModel
import Postgres
import TestSupport

@testable import BundleStore

/// The actions of `Tests/Model/actions.txt`, under the names that they have there.
enum StoreAction: String, CaseIterable, Sendable {
  case claim, renew, progress
  case complete = "bundletop_complete"
  case fail = "bundletop_fail"
  case giveBack = "bundletop_return"
  case endPoison = "bundletop_fail_poison"
  case enqueue = "bundletop_enqueue"
  case retry = "bundletop_retry"
  case cancel = "bundletop_cancel"

  /// The statement, as the store sends it.
  var sql: String {
    switch self {
    case .claim: SQLText.claim
    case .renew: SQLText.renew
    case .progress: SQLText.progress
    case .complete: SQLText.complete
    case .fail: SQLText.fail
    case .giveBack: SQLText.returnJob
    case .endPoison: SQLText.failPoison
    case .enqueue: SQLText.enqueue
    case .retry: SQLText.retry
    case .cancel: SQLText.cancel
    }
  }
}

/// One transaction by somebody: an event of the pure protocol and the statement that brings it about.
struct InterleavedAction: Sendable, CustomStringConvertible {
  /// Who and what, for people.
  var description: String
  var event: LifeEvent
  /// As the pods publish: the lock on the bundle's objects is taken by a statement of its own before.
  var locksPublication = false

  init(_ description: String, _ event: LifeEvent, locksPublication: Bool = false) {
    self.description = description
    self.event = event
    self.locksPublication = locksPublication
  }

  var action: StoreAction {
    get throws {
      switch event {
      case .claim: .claim
      case .renew: .renew
      case .progress: .progress
      case .complete: .complete
      case .fail: .fail
      case .giveBack: .giveBack
      case .endPoison: .endPoison
      case .enqueue: .enqueue
      case .retry: .retry
      case .cancel: .cancel
      case .becomesDue, .leaseExpires: throw TestSupportError("\(event) is no statement")
      }
    }
  }

  /// Passes over what somebody else has locked, so it may find nothing where a later one finds something.
  var skipsLocked: Bool {
    switch event {
    case .claim, .endPoison: true
    default: false
    }
  }

  /// - Parameter jobs: the jobs of the bundle by number.
  func parameters(_ slug: Slug, _ jobs: [JobID]) throws -> [Parameter] {
    let lease: Parameter = "300 s"
    func fenced(_ fence: LifeEvent.Fence) -> [Parameter] {
      [.text(Self.id(fence.job, jobs)), .integer(fence.attempt), .text(fence.owner.text)]
    }
    switch event {
    case .claim(let owner, let cap):
      let pod = InterleavingOwners.workers[owner]?.pod ?? "?"
      return [.text(owner.text), .text(pod), lease, .textArray([slug.text]), 1, .integer(cap)]
    case .renew(let fence):
      return [
        .text(fence.owner.text), .textArray([Self.id(fence.job, jobs)]), .textArray([String(fence.attempt)]), lease,
      ]
    case .progress(let fence, let stage, let fingerprint):
      return fenced(fence) + [.text(stage.rawValue), .null, .null, .null, Parameter(fingerprint?.text)]
    case .complete(let fence, let made):
      return fenced(fence) + [
        .text(made.fingerprint.text), "1.0", .text(made.checksum.hex), "a.tgz", "s3", .text(made.storageKey),
        "s3://bucket", "application/gzip", 10, .boolean(made.cached), .null, .null,
      ]
    case .fail(let fence, let errorClass):
      return fenced(fence) + [.text(errorClass.rawValue), "e", .null, errorClass.isTransient ? "600 s" : .null]
    case .giveBack(let fence): return fenced(fence) + [.null]
    case .endPoison(let cap): return [.integer(cap), lease]
    case .enqueue(let wish):
      return [
        .text(slug.text), .text(try JobOptionsCode.encode(wish.options)), "p", .null, .integer(wish.maxAttempts),
        .null,
        0, .null,
      ]
    case .retry(let seen, let force, let maxAttempts):
      return [
        .text(slug.text), Parameter(seen?.state.rawValue), Parameter(seen?.fingerprint.text),
        Parameter(seen.map { Self.id($0.job, jobs) }), Parameter(seen?.attempt), .boolean(force), "p", .null,
        .integer(maxAttempts), .null, false,
      ]
    case .cancel(let seen): return [.text(slug.text), Parameter(seen.map { Self.id($0, jobs) }), "p", .null, .null]
    case .becomesDue, .leaseExpires: return []
    }
  }

  private static func id(_ job: Int, _ jobs: [JobID]) -> String {
    jobs.indices.contains(job) ? jobs[job].text : "00000000-0000-4000-8000-000000000000"
  }

  /// What the statement answered, in the words of the pure protocol.
  func answer(_ rows: Rows) throws -> LifeTransition.Answer {
    guard let row = rows.first else { return skipsLocked ? .refused : .lost }
    switch event {
    case .claim, .renew, .progress: return .done
    case .complete, .giveBack: return try row.decode(at: 0, as: Bool.self) ? .done : .lost
    case .fail: return try row.decode(at: 0, as: String?.self) == nil ? .lost : .done
    case .endPoison: return try row.decode(at: 0, as: Int.self) > 0 ? .done : .refused
    case .enqueue: return try word(row.decode(at: 1))
    case .retry, .cancel: return try word(row.decode(at: 2))
    case .becomesDue, .leaseExpires: throw TestSupportError("\(event) is no statement")
    }
  }

  private func word(_ outcome: String) throws -> LifeTransition.Answer {
    switch outcome {
    case "created", "retried", "cancelled": .done
    case "merged": .merged
    case "waiting": .waiting
    case "completed": .alreadyCompleted
    case "refused": .refused
    default: throw TestSupportError("the answer \(outcome) is not known")
    }
  }
}

/// The pod processes of the interleavings.
enum InterleavingOwners {
  static let a = OwnerID("00000000-0000-4000-8000-00000000000a")
  static let b = OwnerID("00000000-0000-4000-8000-00000000000b")
  static let workers = [a: Worker(owner: a, pod: "pod-a"), b: Worker(owner: b, pod: "pod-b")]
}
