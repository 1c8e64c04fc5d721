internal import Postgres

extension BundleStore {
  /// Deletes old events, in batches, and raises the floor of the feed with them. Any pod may do this.
  ///
  /// - Parameters:
  ///   - progressKept: how long events live that only show progress.
  ///   - kept: how long all others live.
  /// - Returns: how many events were deleted.
  package func pruneEvents(
    progressKept: Duration = .seconds(3600), kept: Duration = .seconds(30 * 86_400), batch: Int = 5_000
  ) async throws(StoreError) -> Int {
    var total = 0
    while true {
      let rows = try await query(
        SQLText.pruneEvents, [.interval(progressKept), .interval(kept), .integer(batch)])
      let deleted = try decoding { try rows.first?.decode("count", as: Int.self) ?? 0 }
      total += deleted
      if deleted < batch { return total }
    }
  }

  /// Forgets pods that were not seen for long.
  package func prunePods(after silence: Duration = .seconds(86_400)) async throws(StoreError) {
    _ = try await query(SQLText.prunePods, [.interval(silence)])
  }
}
