package import BundleModel
internal import Postgres

/// Where a pod reads what it serves, and what the database looked like when it said so.
package struct ReadPoint: Equatable, Sendable {
  package var side: ReadSide
  /// `pg_snapshot` as text; nil when the database was not asked.
  package var snapshot: String?
  /// The newest snapshot that the pod's directory is known to hold; nil when nobody has said one.
  package var followed: String?
  /// How the pod's directory follows the database, as it was published.
  package var following: Following?

  package init(side: ReadSide, snapshot: String? = nil, followed: String? = nil, following: Following? = nil) {
    self.side = side
    self.snapshot = snapshot
    self.followed = followed
    self.following = following
  }
}

extension BundleStore {
  /// Which side pods read from while they write to both: the directory, until somebody has said otherwise.
  ///
  /// - Parameters:
  ///   - owner: the pod that asks; nil: somebody else.
  ///   - deadline: for all of it, getting a connection included.
  package func readPoint(of owner: OwnerID?, deadline: Duration) async throws(StoreError) -> ReadPoint {
    let rows = try await query(SQLText.readPoint, [Parameter(owner?.text)], deadline: deadline)
    return try decoding {
      guard let row = rows.first else { throw StoreError(.corrupt, "the database named no snapshot") }
      let side = try row.decode("side", as: String?.self).flatMap { ReadSide(rawValue: $0) }
      return ReadPoint(
        side: side ?? .directory, snapshot: try row.decode("snapshot"),
        following: try row.decode("following", as: String?.self).flatMap { Following($0) })
    }
  }
}
