import FoundationEssentials
import Postgres
import TestSupport

@testable import BundleModel
@testable import BundleStore

/// Reads what the tables say of one bundle as the value that the pure protocol speaks about, and does to the tables
/// what an event says.
struct StoredLife {
  let fixture: StoreFixture
  let slug: Slug
  /// The pods' names by owner, for claims.
  let workers: [OwnerID: Worker]

  /// The tables as a value.
  func read() async throws -> BundleLife {
    var life = BundleLife()
    let ids = try await jobs(into: &life)
    for row in try await fixture.sql(
      """
      select job_id::text, attempt, owner::text, outcome from example_bundle_attempts where slug = $1
       order by started_at, attempt
      """, [.text(slug.text)])
    {
      life.attempts.append(
        .init(
          job: try number(of: row.decode(at: 0), in: ids), number: try row.decode(at: 1),
          owner: OwnerID(try row.decode(at: 2)),
          outcome: try row.decode(at: 3, as: String?.self).flatMap(AttemptOutcome.init)))
    }
    for row in try await fixture.sql(
      "select fingerprint, checksum, storage_key, job_id from example_bundle_artifacts where slug = $1",
      [.text(slug.text)])
    {
      let fingerprint = try required(Fingerprint(try row.decode(at: 0, as: String.self)))
      life.artifacts[fingerprint] = .init(
        checksum: try required(Checksum(hex: try row.decode(at: 1, as: String.self))),
        storageKey: try row.decode(at: 2), job: try number(of: row.decode(at: 3), in: ids))
    }
    life.status = try await status(ids)
    return life
  }

  private func jobs(into life: inout BundleLife) async throws -> [String] {
    var ids: [String] = []
    for row in try await fixture.sql(
      """
      select id::text, state, options::text, next_options::text, next_max_attempts, attempt, max_attempts, owner::text,
             state = 'running' and lease_until < now(), state <> 'queued' or run_at <= now(), error_class
        from example_bundle_jobs where slug = $1 order by created_at, id
      """, [.text(slug.text)])
    {
      var reader = row.reader()
      ids.append(try reader.next())
      let state = try required(JobState(rawValue: try reader.next() as String))
      let options = try JobOptionsCode.decode(try reader.next() as String)
      let next = try (try reader.next() as String?).map { try JobOptionsCode.decode($0) }
      let nextAttempts = try reader.next() as Int?
      let attempt: Int = try reader.next()
      let maxAttempts: Int = try reader.next()
      let owner: String? = try reader.next()
      let isExpired: Bool = try reader.next()
      let isDue: Bool = try reader.next()
      let errorClass: String? = try reader.next()
      life.jobs.append(
        BundleLife.Job(
          state: state, options: options, next: next.map { .init($0, maxAttempts: nextAttempts ?? 0) },
          attempt: attempt, maxAttempts: maxAttempts, owner: owner.map { OwnerID($0) }, isExpired: isExpired,
          isDue: isDue, errorClass: errorClass.flatMap { ErrorClass(rawValue: $0) }))
    }
    return ids
  }

  private func status(_ ids: [String]) async throws -> BundleLife.Status? {
    let rows = try await fixture.sql(
      """
      select s.job_id, s.stage, s.state, s.fingerprint, s.attempt, a.owner::text, s.pod, s.checksum, s.cached
        from example_bundle_status s
        left join example_bundle_attempts a on a.job_id::text = s.job_id and a.attempt = s.attempt
       where s.slug = $1
      """, [.text(slug.text)])
    guard let row = rows.first else { return nil }
    var reader = row.reader()
    let job: String = try reader.next()
    let stage = Stage(stored: try reader.next())
    let state: String = try reader.next()
    guard state == stage.state.rawValue else { throw TestSupportError("\(slug): stage \(stage), state \(state)") }
    let fingerprint = try required(Fingerprint(try reader.next() as String))
    let attempt: Int = try reader.next()
    let owner = (try reader.next() as String?).map(OwnerID.init)
    let pod: String? = try reader.next()
    guard pod == owner.flatMap({ workers[$0]?.pod }) else {
      throw TestSupportError("\(slug): wrong pod in the row")
    }
    return .init(
      job: try number(of: job, in: ids), stage: stage, fingerprint: fingerprint, attempt: attempt, owner: owner,
      checksum: (try reader.next() as String?).flatMap { Checksum(hex: $0) }, cached: try reader.next())
  }

  private func number(of id: String, in ids: [String]) throws -> Int {
    guard let number = ids.firstIndex(of: id) else { throw TestSupportError("\(slug): job \(id) is not there") }
    return number
  }

  private func required<T>(_ value: T?) throws -> T {
    guard let value else { throw TestSupportError("\(slug): a value cannot be read") }
    return value
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
