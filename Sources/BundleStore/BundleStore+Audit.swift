package import BundleModel
internal import Postgres

/// One line of the audit: what a person did.
package struct Operation: Equatable, Sendable {
  /// Grows with time.
  package var id: Int64
  package var at: Timestamp
  /// The name that was claimed.
  package var who: String
  /// The role that the database knows it by.
  package var databaseUser: String
  /// Where the connection came from; nil for a local one.
  package var clientAddress: String?
  package var what: String
  package var slug: Slug?
  package var why: String?
  package var result: String
  /// More, by name.
  package var detail: [String: String]
}

extension BundleStore {
  /// The audit, newest first.
  ///
  /// - Parameters:
  ///   - what: only this kind, such as `retry`.
  ///   - before: only those older than this id, for the next page.
  package func operations(of slug: Slug? = nil, what: String? = nil, before: Int64? = nil, limit: Int = 100)
    async throws(StoreError) -> [Operation]
  {
    try await read(
      OperationRow.self, SQLText.operations,
      [Parameter(slug?.text), Parameter(what), Parameter(before), .integer(limit)])
  }

  /// Records what a person did. Never pass a URL or a secret.
  package func audit(
    _ what: String, slug: Slug?, by who: String, why: String? = nil, result: String, detail: [String: String] = [:]
  ) async throws(StoreError) {
    _ = try await query(
      SQLText.audit,
      [
        .text(what), .who(who), Parameter(slug?.text), .line(why), .line(result),
        try .detail(detail, of: "the audit of \(what)"), .null,
      ])
  }
}
