package import BundleModel
internal import Postgres

extension BundleStore {
  /// Where the feed stands now, without the rows.
  package func feedStart() async throws(StoreError) -> FeedCursor {
    let rows = try await query(SQLText.origin)
    return try decoding {
      guard let head = rows.first else { throw StoreError(.corrupt, "the database named no snapshot") }
      guard try !head.decode("is_standby") else {
        throw StoreError(.refused, "the database is a standby; changes can only be followed on the primary")
      }
      return FeedCursor(snapshot: try head.decode("snapshot"), origin: try head.decode("origin"))
    }
  }

  /// Some statuses in the order of their names.
  ///
  /// - Parameter slug: the last one of the page before; nil for the first page.
  package func statuses(after slug: Slug?, limit: Int = 500) async throws(StoreError) -> [BundleStatus] {
    try await read(StatusRow.self, SQLText.statusPage, [Parameter(slug?.text), .integer(limit)])
  }

  /// Publishes how far a pod's directory is. False: the pod's row is gone, so nobody was told.
  package func publishFollowing(_ following: Following, of worker: Worker) async throws(StoreError) -> Bool {
    let rows = try await query(
      SQLText.publishFollowing, [.text(worker.owner.text), .line(following.text)], deadline: settings.goneAfter)
    return !rows.isEmpty
  }

  /// What the database's clock says.
  package func clock() async throws(StoreError) -> Timestamp {
    let rows = try await query(SQLText.clock)
    return try decoding {
      guard let row = rows.first else { throw StoreError(.corrupt, "the database told no time") }
      return try row.decode("now")
    }
  }

  /// Records that a directory holds everything that the database held at a moment.
  ///
  /// - Parameters:
  ///   - source: the directory's id.
  ///   - host: the machine on which `path` is.
  package func markExported(source: String, path: String, host: String, at moment: Timestamp)
    async throws(StoreError)
  {
    _ = try await query(
      SQLText.markExported, [.text(source), .line(path), .line(host), .timestamp(moment)])
  }
}
