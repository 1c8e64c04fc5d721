import BundleModel
import S3
import TestSupport

extension Cluster {
  /// All that the tables say of a bundle, or of all, times included.
  func tables(of slug: String? = nil) async throws -> [String] {
    var rows: [String] = []
    let condition = slug.map { " where slug = '\($0)'" } ?? ""
    for table in ["status", "jobs", "attempts", "artifacts", "events"] {
      rows += try await lines("select '\(table) ' || t::text from example_bundle_\(table) t\(condition) order by 1")
    }
    return rows
  }

  /// Fails unless every job has ended once, and table, feed and store agree. Nobody may be at work.
  ///
  /// - Parameter watch: a `bundletop watch --json` that ran all the time.
  func requireSound(watch: WatchProcess) async throws {
    let violations = try await lines(
      """
      select 'not ended: job of ' || slug || ' is ' || state from example_bundle_jobs
       where state not in ('completed', 'failed', 'cancelled')
      union all
      select 'open attempt: ' || slug || ' ' || attempt from example_bundle_attempts where outcome is null
      union all
      select 'ended twice: ' || slug from example_bundle_attempts where outcome = 'completed'
       group by job_id, slug having count(*) > 1
      union all
      select 'two artifacts: ' || slug from example_bundle_artifacts
       group by slug, fingerprint having count(*) > 1
      union all
      select 'not once shown as completed for each time: ' || e.slug from example_bundle_events e
       where e.source = 'status' and e.stage = 'completed' group by e.slug
      having count(*) <> (select count(*) from example_bundle_attempts a
                           where a.slug = e.slug and a.outcome = 'completed')
      union all
      select 'status and job differ: ' || s.slug || ' ' || s.state || ' ' || j.state
        from example_bundle_status s join example_bundle_jobs j on j.id::text = s.job_id where s.state <> j.state
      union all
      select 'status and artifact differ: ' || s.slug
        from example_bundle_status s left join example_bundle_artifacts a on a.id = s.artifact_id
       where s.state = 'completed' and (a.checksum, a.slug, a.fingerprint)
             is distinct from (s.checksum, s.slug, s.fingerprint)
      """)
    guard violations.isEmpty else { throw TestSupportError(violations.joined(separator: "\n")) }
    try await requireObjects()
    try await requireFeed(watch)
  }

  /// Every artifact can be fetched and has the checksum of its row.
  private func requireObjects() async throws {
    let client = try client()
    for line in try await lines(
      "select storage_key || ' ' || checksum || ' ' || size from example_bundle_artifacts")
    {
      let words = line.split(separator: " ").map(String.init)
      let found = try await client.hashObject(bucket: objects.bucket, key: words[0])
      guard found.checksum.hex == words[1], String(found.size) == words[2] else {
        throw TestSupportError("\(line) is \(found.checksum.hex) \(found.size) in the store")
      }
    }
  }

  /// Who followed the feed knows what the tables say.
  private func requireFeed(_ watch: WatchProcess) async throws {
    let truth = try await json("list").elements
    try await wait("the feed says what the tables say", within: .seconds(60)) {
      var last: [JSON: JSON] = [:]
      for line in watch.log.split(separator: "\n") where line.hasPrefix("{") {
        let status = try JSON(parsing: String(line))
        last[status["slug"]] = status
      }
      for status in truth where last[status["slug"]] != status {
        throw TestSupportError("table \(status), feed \(String(describing: last[status["slug"]]))")
      }
      return last.count == truth.count
    }
  }
}
