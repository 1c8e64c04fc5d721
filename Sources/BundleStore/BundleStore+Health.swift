package import BundleModel
internal import Postgres

extension BundleStore {
  /// Which steps of the schema the database has, without a look at its objects: cheap enough for every probe.
  ///
  /// - Parameter deadline: for all of it, getting a connection included.
  package func schemaSteps(deadline: Duration) async throws(StoreError) -> SchemaReport {
    let rows = try await query(SQLText.schemaSteps, deadline: deadline)
    return try decoding {
      var present: [Int: String] = [:]
      for row in rows { present[try row.decode("step")] = try row.decode("checksum", as: String.self) }
      return SchemaReport(present: present)
    }
  }

  /// How the queue and the writers are.
  package func vitals(deadline: Duration) async throws(StoreError) -> StoreVitals {
    let rows = try await query(SQLText.vitals, [.interval(settings.goneAfter)], deadline: deadline)
    return try decoding {
      guard let row = rows.first else { throw StoreError(.corrupt, "the database told nothing of itself") }
      func span(_ column: String) throws -> Duration? {
        try row.decode(column, as: Double?.self).map { .milliseconds(max(0, $0)) }
      }
      return StoreVitals(
        now: try row.decode("now"), queued: try row.decode("queued"), waited: try span("waited"),
        running: try row.decode("running"), expiredLeases: try row.decode("expired"),
        hasForeignWriters: try row.decode("foreign_writers"), oldestWrite: try span("oldest_write"),
        modes: try row.decode("modes"))
    }
  }

  /// How many of these files the database knows: by a status as new as the file, or by the migration's journal.
  package func countKnown(_ files: [StatusOnDisk]) async throws(StoreError) -> Int {
    guard !files.isEmpty else { return 0 }
    let rows = try await query(
      SQLText.legacyKnown,
      [
        .textArray(files.map(\.slug.text)), .textArray(files.map { $0.updatedAt?.iso8601 ?? "" }),
        .textArray(files.map(\.path)), .textArray(files.map(\.modifiedAt.iso8601)),
      ])
    return try decoding { try rows.first?.decode("known", as: Int.self) ?? 0 }
  }

  /// How many connections there are and what they do.
  package var connectionCounts: ConnectionCounts {
    let (open, idle, waiting) = pool.counts
    return ConnectionCounts(idle: idle, busy: max(0, open - idle), waiting: waiting)
  }
}
