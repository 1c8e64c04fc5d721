import LocalStack
import TestSupport

/// Waits for a condition, and says what was waited for and what went wrong last when it does not come true.
func requireSoon(
  _ description: String, within limit: Duration, every interval: Duration, _ condition: () async throws -> Bool
) async throws {
  var last = ""
  let came = try await poll(within: limit, every: interval) {
    do {
      last = ""
      return try await condition()
    } catch {
      last = "; last error: \(error)"
      return false
    }
  }
  guard came else { throw TestSupportError("not within \(limit): \(description)\(last)") }
}
