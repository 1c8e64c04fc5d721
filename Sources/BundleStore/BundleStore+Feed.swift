package import BundleModel
internal import Postgres

/// Where a reader of the feed stands: the snapshot that it saw last, and the cluster and timeline of that snapshot.
package struct FeedCursor: Equatable, Sendable {
  /// `pg_snapshot` as text.
  package var snapshot: String
  /// `<system identifier>/<timeline>`: a cursor means nothing anywhere else.
  package var origin: String
}

/// What a reader has to do to be up to date.
package enum FeedStep: Equatable, Sendable {
  case unchanged
  /// These rows are as they are now; those slugs have no row any more.
  case changes([BundleStatus], removed: [Slug], next: FeedCursor)
  /// The cursor cannot be continued: read everything again.
  case resync
}

extension BundleStore {
  /// Every status, and the cursor from which changes continue, of one snapshot.
  package func snapshot() async throws(StoreError) -> ([BundleStatus], FeedCursor) {
    let answers: [Rows]
    do {
      answers = try await transaction(.repeatableReadReadOnly) { connection in
        [try await connection.query(SQLText.origin), try await connection.query(SQLText.statuses, [.null])]
      }
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(.unavailable, "the database cannot be read")
    }
    return try decoding {
      guard let head = answers[0].first else { throw StoreError(.corrupt, "the database named no snapshot") }
      guard try !head.decode("is_standby") else {
        throw StoreError(.refused, "the database is a standby; changes can only be followed on the primary")
      }
      return (
        try answers[1].read(StatusRow.self),
        FeedCursor(snapshot: try head.decode("snapshot"), origin: try head.decode("origin"))
      )
    }
  }

  /// What changed since a cursor; nothing is lost and nothing repeated, whatever order transactions commit in.
  ///
  /// - Parameter quick: ask the small question first, which is all that an idle feed costs.
  package func changes(since cursor: FeedCursor, quick: Bool = true) async throws(StoreError) -> FeedStep {
    guard quick else { return try await changedRows(since: cursor) }
    let probe = try await query(SQLText.probe, [.text(cursor.snapshot), .text(cursor.origin)])
    let verdict = try decoding {
      guard let row = probe.first else { throw StoreError(.corrupt, "the feed did not answer") }
      return ProbeVerdict(rawValue: try row.decode(at: 0))
    }
    switch verdict {
    case .unchanged: return .unchanged
    case .resync: return .resync
    case .changed, nil: return try await changedRows(since: cursor)
    }
  }

  /// What `probe.sql` answers.
  private enum ProbeVerdict: Int {
    case unchanged, changed, resync
  }

  /// The large question: the rows that changed, in one statement with the cursor that describes them.
  func changedRows(since cursor: FeedCursor) async throws(StoreError) -> FeedStep {
    let rows = try await query(SQLText.changedStatuses, [.text(cursor.snapshot), .text(cursor.origin)])
    return try decoding {
      var upserts: [BundleStatus] = []
      var removed: [Slug] = []
      var next = cursor
      for row in rows {
        var reader = row.reader()
        next.snapshot = try reader.next()
        if try reader.next() as Bool { return .resync }
        guard let slugText = try reader.next() as String?, let slug = Slug(slugText) else { continue }
        if let status = try StatusRow.read(&reader) { upserts.append(status) } else { removed.append(slug) }
      }
      return .changes(upserts, removed: removed, next: next)
    }
  }
}
