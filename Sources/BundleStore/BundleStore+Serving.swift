package import BundleModel
internal import Postgres

/// Every status, and the snapshot in which they were read, by the same statement.
package struct ServedStatuses: Equatable, Sendable {
  /// Newest change first.
  package var statuses: [BundleStatus]
  /// `pg_snapshot` as text.
  package var snapshot: String
}

extension BundleStore {
  /// What the status route of a pod answers.
  package func servedStatuses() async throws(StoreError) -> ServedStatuses {
    let rows = try await query(SQLText.servedStatuses)
    return try decoding {
      guard let first = rows.first else { throw StoreError(.corrupt, "the database named no snapshot") }
      let snapshot = try first.decode(at: 0, as: String.self)
      let statuses = try rows.compactMap { row in
        var reader = row.reader()
        reader.skip()
        return try StatusRow.read(&reader)
      }
      return ServedStatuses(statuses: statuses, snapshot: snapshot)
    }
  }

  /// How old the oldest change is that a snapshot does not contain; nil when it contains all.
  ///
  /// - Parameter snapshot: `pg_snapshot` as text.
  package func oldestChange(unseenIn snapshot: String) async throws(StoreError) -> Duration? {
    let rows = try await query(SQLText.oldestUnseen, [.text(snapshot)])
    return try decoding {
      try rows.first?.decode("age", as: Double?.self).map { .seconds(max(0, $0)) }
    }
  }
}
