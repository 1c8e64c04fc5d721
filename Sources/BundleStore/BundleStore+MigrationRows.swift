package import BundleModel
internal import Postgres

extension BundleStore {
  /// What the database has of these bundles, those that it has; in no order.
  package func migrationRows(of slugs: [Slug]) async throws(StoreError) -> [MigrationRow] {
    try await read(MigrationRowRow.self, SQLText.migrationRows, [.textArray(slugs.map(\.text))])
  }
}

/// Reads what the migration compares.
enum MigrationRowRow: StoredRow {
  static let columns = [
    "slug", "fingerprint", "state", "updated_at", "is_ours", "has_active_job", "archive",
  ]

  static func read(_ reader: inout RowReader) throws -> MigrationRow? {
    let slugText: String = try reader.next()
    let fingerprint: String = try reader.next()
    let stateText: String = try reader.next()
    guard let slug = Slug(slugText), let state = BundleState(rawValue: stateText) else {
      throw StoreError(.corrupt, "the status of bundle \(UntrustedText.line(slugText, limit: 80)) cannot be read")
    }
    let updatedAt: Timestamp = try reader.next()
    let isOurs: Bool = try reader.next()
    let hasActiveJob: Bool = try reader.next()
    return MigrationRow(
      slug: slug, fingerprint: Fingerprint(fingerprint) ?? .pending, state: state, updatedAt: updatedAt,
      isOurs: isOurs, hasActiveJob: hasActiveJob, archive: try reader.next())
  }
}
