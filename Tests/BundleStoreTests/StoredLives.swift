import Postgres
import TestSupport

@testable import BundleModel
@testable import BundleStore

/// Reads what the tables say of bundles as the values that the pure protocol speaks about; many in one round trip.
struct StoredLives {
  struct Entry: Sendable {
    var life = BundleLife()
    /// The jobs in the order of their creation, by which the value names them.
    var jobs: [JobID] = []
  }

  let connection: Connection
  /// The pods' names by owner.
  let workers: [OwnerID: Worker]

  private static let jobs = """
    select slug, id::text, state, options::text, next_options::text, next_max_attempts, attempt, max_attempts,
           owner::text, state = 'running' and lease_until < now(), state <> 'queued' or run_at <= now(), error_class
      from example_bundle_jobs where slug = any($1::text[]) order by created_at, id
    """
  private static let attempts = """
    select slug, job_id::text, attempt, owner::text, outcome from example_bundle_attempts
     where slug = any($1::text[]) order by started_at, attempt
    """
  private static let artifacts = """
    select slug, fingerprint, checksum, storage_key, job_id from example_bundle_artifacts where slug = any($1::text[])
    """
  private static let statuses = """
    select s.slug, s.job_id, s.stage, s.state, s.fingerprint, s.attempt, a.owner::text, s.pod, s.checksum, s.cached
      from example_bundle_status s
      left join example_bundle_attempts a on a.job_id::text = s.job_id and a.attempt = s.attempt
     where s.slug = any($1::text[])
    """

  /// The bundles of these names; those that no table knows are missing.
  func read(_ slugs: [Slug]) async throws -> [Slug: Entry] {
    let names: [Parameter] = [.textArray(slugs.map(\.text))]
    let tables = try await connection.pipeline(
      [Self.jobs, Self.attempts, Self.artifacts, Self.statuses].map { Statement($0, names) })
    var entries: [Slug: Entry] = [:]
    for row in tables[0] { try add(job: row, to: &entries) }
    for row in tables[1] { try add(attempt: row, to: &entries) }
    for row in tables[2] { try add(artifact: row, to: &entries) }
    for row in tables[3] { try add(status: row, to: &entries) }
    return entries
  }

  private func add(job row: Row, to entries: inout [Slug: Entry]) throws {
    var reader = row.reader()
    let slug = try required(Slug(try reader.next() as String))
    let id: String = try reader.next()
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
    entries[slug, default: Entry()].jobs.append(JobID(id))
    entries[slug]?.life.jobs.append(
      BundleLife.Job(
        state: state, options: options, next: next.map { .init($0, maxAttempts: nextAttempts ?? 0) },
        attempt: attempt, maxAttempts: maxAttempts, owner: owner.map { OwnerID($0) }, isExpired: isExpired,
        isDue: isDue, errorClass: errorClass.flatMap { ErrorClass(rawValue: $0) }))
  }

  private func add(attempt row: Row, to entries: inout [Slug: Entry]) throws {
    var reader = row.reader()
    let slug = try required(Slug(try reader.next() as String))
    let job: String = try reader.next()
    let attempt = BundleLife.Attempt(
      job: try number(of: job, slug, entries), number: try reader.next(), owner: OwnerID(try reader.next()),
      outcome: (try reader.next() as String?).flatMap(AttemptOutcome.init))
    entries[slug]?.life.attempts.append(attempt)
  }

  private func add(artifact row: Row, to entries: inout [Slug: Entry]) throws {
    var reader = row.reader()
    let slug = try required(Slug(try reader.next() as String))
    let fingerprint = try required(Fingerprint(try reader.next() as String))
    let checksum = try required(Checksum(hex: try reader.next() as String))
    let key: String = try reader.next()
    let artifact = BundleLife.Artifact(
      checksum: checksum, storageKey: key, job: try number(of: try reader.next(), slug, entries))
    entries[slug]?.life.artifacts[fingerprint] = artifact
  }

  private func add(status row: Row, to entries: inout [Slug: Entry]) throws {
    var reader = row.reader()
    let slug = try required(Slug(try reader.next() as String))
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
    let status = BundleLife.Status(
      job: try number(of: job, slug, entries), stage: stage, fingerprint: fingerprint, attempt: attempt,
      owner: owner, checksum: (try reader.next() as String?).flatMap { Checksum(hex: $0) },
      cached: try reader.next())
    entries[slug]?.life.status = status
  }

  private func number(of id: String, _ slug: Slug, _ entries: [Slug: Entry]) throws -> Int {
    guard let number = entries[slug]?.jobs.firstIndex(of: JobID(id)) else {
      throw TestSupportError("\(slug): job \(id) is not there")
    }
    return number
  }

  private func required<T>(_ value: T?) throws -> T {
    guard let value else { throw TestSupportError("a value of a bundle cannot be read") }
    return value
  }
}
