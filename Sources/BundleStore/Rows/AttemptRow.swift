internal import BundleModel
internal import FoundationEssentials
internal import Postgres

/// Reads an attempt.
enum AttemptRow: StoredRow {
  static let columns = [
    "job_id", "slug", "attempt", "pod", "started_at", "ended_at", "outcome", "stages", "error_class", "error",
    "cached",
    "fingerprint", "tail",
  ]

  static func read(_ reader: inout RowReader) throws -> Attempt? {
    let job: String = try reader.next()
    let slugText: String = try reader.next()
    let number: Int = try reader.next()
    let pod: String = try reader.next()
    let startedAt: Timestamp = try reader.next()
    let endedAt: Timestamp? = try reader.next()
    let outcome: String? = try reader.next()
    let stages: String = try reader.next()
    let errorClass: String? = try reader.next()
    let error: String? = try reader.next()
    let cached: Bool? = try reader.next()
    let fingerprint: String? = try reader.next()
    let tail: String? = try reader.next()
    guard let slug = Slug(slugText) else { throw StoreError(.corrupt, "an attempt without a bundle's name") }
    return Attempt(
      job: JobID(job), slug: slug, number: number, pod: pod, startedAt: startedAt, endedAt: endedAt,
      outcome: outcome.flatMap(AttemptOutcome.init), stages: try stageTimings(stages),
      errorClass: errorClass.flatMap(ErrorClass.init), error: error, cached: cached,
      fingerprint: fingerprint.flatMap(Fingerprint.init), tail: tail)
  }

  private struct StoredTiming: Decodable {
    var stage: String
    var at: String
  }

  private static func stageTimings(_ json: String) throws -> [StageTiming] {
    guard let stored = try? JSONDecoder().decode([StoredTiming].self, from: Data(json.utf8)) else {
      throw StoreError(.corrupt, "the stage timings of an attempt cannot be read")
    }
    return stored.compactMap { entry in
      Timestamp(iso8601: entry.at).map { StageTiming(stage: Stage(stored: entry.stage), startedAt: $0) }
    }
  }
}
