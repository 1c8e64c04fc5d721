import BundleModel
import Postgres
import Testing

@testable import BundleStore

/// Every statement by which an attempt writes, as the store sends it.
enum FencedWrite: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case progress, renew, complete, completeInFiles, fail, giveBack

  var testDescription: String { rawValue }

  var sql: String {
    switch self {
    case .progress: SQLText.progress
    case .renew: SQLText.renew
    case .complete: SQLText.complete
    case .completeInFiles: SQLText.completeInFiles
    case .fail: SQLText.fail
    case .giveBack: SQLText.returnJob
    }
  }

  /// The function that does the work, where the statement only calls one.
  var function: String? {
    switch self {
    case .progress, .renew: nil
    case .complete: "bundletop_complete"
    case .completeInFiles: "bundletop_complete_in_files"
    case .fail: "bundletop_fail"
    case .giveBack: "bundletop_return"
    }
  }

  func parameters(_ claim: Claim) -> [Parameter] {
    let fence: [Parameter] = [.text(claim.job.text), .integer(claim.attempt), .text(claim.owner.text)]
    let made = publication(claim.slug, fingerprint: "zombie", bytes: 66)
    return switch self {
    case .progress: fence + ["packaging", "zombie", 1, 2, "zombie"]
    case .renew:
      [.text(claim.owner.text), .textArray([claim.job.text]), .textArray([String(claim.attempt)]), "30 s"]
    case .complete:
      fence + [
        "zombie", "zombie", .text(made.checksum.hex), "zombie", "s3", "zombie", "s3://zombie", "zombie", 66, false,
        "zombie", "zombie",
      ]
    case .completeInFiles: fence + ["zombie", false, "zombie"]
    case .fail: fence + ["storage", "zombie", "zombie", "1 s"]
    case .giveBack: fence + ["zombie"]
    }
  }

  /// The same write through the store. True when it was refused as it must be.
  func isRefused(_ claim: Claim, _ store: BundleStore) async throws -> Bool {
    switch self {
    case .progress:
      try await !store.report(
        Progress(stage: .packaging, message: "zombie", fingerprint: Fingerprint("zombie")), for: claim)
    case .renew: try await store.renew([claim]).isEmpty
    case .complete: try await store.complete(claim, publication(claim.slug, fingerprint: "zombie")) == .lost
    case .completeInFiles:
      try await store.completeInFiles(claim, fingerprint: Fingerprint("zombie")!, cached: false, tail: nil) {
        _, _ in
      } == .lost
    case .fail: try await store.fail(claim, errorClass: .storage, error: "zombie") == .lost
    case .giveBack: try await store.giveBack(claim) == .lost
    }
  }
}

/// How an attempt can have lost its job. Each guards one clause of the fence.
enum LostClaim: String, CaseIterable, Sendable, CustomTestStringConvertible {
  /// `attempt =` and `owner =`: the usual zombie.
  case takenOver
  /// `attempt =`: the same process took its own job again after its lease had run out.
  case takenOverByItself
  /// `owner =`: another process with the right attempt, as after a restart that reused what it remembered.
  case otherOwner
  /// `state =` (with the check that only a running job has an owner): the attempt has ended.
  case completed, failed, waitsForNextAttempt, givenBack
  /// `id =`: the job that it names is gone.
  case unknownJob

  var testDescription: String { rawValue }

  /// Makes a claim of this kind; what it returns must not be able to write.
  func make(_ fixture: StoreFixture) async throws -> Claim {
    let worker = fixture.worker("pod-a")
    var claim = try await fixture.claim("a", by: worker)
    switch self {
    case .takenOver, .takenOverByItself:
      try await fixture.expire(claim.job)
      _ = try await fixture.claimQueued("a", by: self == .takenOver ? fixture.worker("pod-b") : worker)
    case .otherOwner: claim.owner = fixture.worker("pod-b").owner
    case .completed: _ = try await fixture.store.complete(claim, publication("a"))
    case .failed: _ = try await fixture.store.fail(claim, errorClass: .bundle, error: "broken")
    case .waitsForNextAttempt: _ = try await fixture.store.fail(claim, errorClass: .storage, error: "no answer")
    case .givenBack: _ = try await fixture.store.giveBack(claim)
    case .unknownJob: claim.job = JobID(randomUUID())
    }
    return claim
  }
}
