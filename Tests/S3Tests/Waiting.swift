import LocalStack
import Synchronization
import TestSupport

/// Counts from any thread.
final class Counter: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .acquiring) }
  @discardableResult func increment() -> Int { count.add(1, ordering: .acquiringAndReleasing).newValue }
}

/// Returns as soon as a condition holds; throws when it does not within a minute.
func until(_ condition: @Sendable () -> Bool) async throws {
  guard try await poll(within: .seconds(60), { condition() }) else { throw TestSupportError("waited in vain") }
}
