import FoundationEssentials
import Postgres
import TestSupport

@testable import BundleModel
@testable import BundleStore

/// What the tables say of one bundle as the value that the pure protocol speaks about; does to them what an event says.
struct StoredLife {
  let fixture: StoreFixture
  let slug: Slug
  /// The pods' names by owner, for claims.
  let workers: [OwnerID: Worker]

  /// The tables as a value.
  func read() async throws -> BundleLife {
    try await StoredLives(connection: fixture.raw, workers: workers).read([slug])[slug]?.life ?? BundleLife()
  }

  private func jobIDs() async throws -> [JobID] {
    try await fixture.lines(
      "select id from example_bundle_jobs where slug = $1 order by created_at, id", [.text(slug.text)]
    ).map(JobID.init)
  }

  // MARK: - Doing

  /// Does it with the statements that programs use.
  func apply(_ event: LifeEvent) async throws -> LifeTransition.Answer {
    let store = fixture.store
    let ids = try await jobIDs()
    func claim(_ fence: LifeEvent.Fence) -> Claim {
      Claim(
        job: ids[fence.job], slug: slug, attempt: fence.attempt, owner: fence.owner, maxAttempts: 3,
        options: JobOptions())
    }
    switch event {
    case .enqueue(let wish):
      switch try await store.enqueue(slug, options: wish.options, by: "p").outcome {
      case .created, .repeated: return .done
      case .merged: return .merged
      case .waiting: return .waiting
      case .refused: return .refused
      }
    case .becomesDue: return try await touched("run_at = now()", "state = 'queued' and run_at > now()")
    case .leaseExpires:
      return try await touched(
        "lease_until = now() - interval '1 second'", "state = 'running' and lease_until >= now()")
    case .claim(let owner, _):
      guard let worker = workers[owner] else { throw TestSupportError("an unknown owner") }
      return try await store.claim(worker, catalogue: [slug], limit: 1).isEmpty ? .refused : .done
    case .renew(let fence): return try await store.renew([claim(fence)]).isEmpty ? .lost : .done
    case .progress(let fence, let stage, let fingerprint):
      let progress = Progress(stage: stage, fingerprint: fingerprint)
      return try await store.report(progress, for: claim(fence)) ? .done : .lost
    case .complete(let fence, let made):
      let publication = Publication(
        fingerprint: made.fingerprint, version: "1.0", checksum: made.checksum, filename: "\(slug)-1.0.tgz",
        storageKind: .s3, storageKey: made.storageKey, storageURL: "s3://bucket/\(made.storageKey)",
        contentType: "application/gzip", size: 10, cached: made.cached)
      return try await store.complete(claim(fence), publication) == .lost ? .lost : .done
    case .fail(let fence, let errorClass):
      // No random wait below a minute: a job that becomes due by itself would surprise the model.
      return try await store.fail(claim(fence), errorClass: errorClass, error: "e", random: 1) == .lost
        ? .lost : .done
    case .giveBack(let fence): return try await store.giveBack(claim(fence)) == .lost ? .lost : .done
    case .retry(let seen, let force, _):
      let seen = seen.map {
        SeenState(
          state: $0.state, fingerprint: $0.fingerprint, jobID: ids[$0.job].text, attempt: $0.attempt)
      }
      return try await store.retry(slug, seen: seen, force: force, by: "p").refusal == nil ? .done : .refused
    case .cancel(let seen):
      switch try await store.cancel(slug, seen: seen.map { ids[$0] }, by: "p").outcome {
      case .cancelled, .repeated: return .done
      case .completed: return .alreadyCompleted
      case .refused: return .refused
      }
    case .endPoison: return try await store.failPoisonJobs() > 0 ? .done : .refused
    }
  }

  private func touched(_ change: String, _ condition: String) async throws -> LifeTransition.Answer {
    let rows = try await fixture.sql(
      "update example_bundle_jobs set \(change) where slug = $1 and \(condition) returning 1",
      [.text(slug.text)])
    return rows.isEmpty ? .refused : .done
  }
}
