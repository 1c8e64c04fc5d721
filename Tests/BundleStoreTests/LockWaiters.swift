import Postgres
import TestSupport

extension StoreFixture {
  /// Waits until as many statements of this database wait for a lock.
  func waitForLockWaiters(_ count: Int) async throws {
    try await eventually("\(count) statements wait for a lock") {
      try await value(
        """
        select count(*) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and state = 'active'
        """, as: Int.self) ?? 0
    } until: {
      $0 >= count
    }
  }
}
