internal import BundleModel
internal import Postgres

/// Reads a job that was claimed; whose it is now, the claimer knows.
enum ClaimRow {
  static let columns = ["id", "slug", "attempt", "max_attempts", "options"]

  static func read(_ reader: inout RowReader, owner: OwnerID) throws -> Claim {
    let job: String = try reader.next()
    let slugText: String = try reader.next()
    let attempt: Int = try reader.next()
    let maxAttempts: Int = try reader.next()
    let options: String = try reader.next()
    guard let slug = Slug(slugText) else { throw StoreError(.corrupt, "job \(job) names no bundle") }
    return Claim(
      job: JobID(job), slug: slug, attempt: attempt, owner: owner, maxAttempts: maxAttempts,
      options: try JobOptionsCode.decode(options))
  }
}

/// Reads which attempt of which job somebody still holds.
enum HeldRow: StoredRow {
  struct Held: Hashable {
    var job: JobID
    var attempt: Int
  }

  static let columns = ["id", "attempt"]

  static func read(_ reader: inout RowReader) throws -> Held? {
    let job: String = try reader.next()
    let attempt: Int = try reader.next()
    return Held(job: JobID(job), attempt: attempt)
  }
}
