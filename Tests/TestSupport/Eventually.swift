internal import LocalStack

/// Looks again and again until what it sees is as wanted, and returns that; fails with what it saw last.
///
/// An error of `observe` counts as "not yet" and is told if it is the last word.
@discardableResult
package func eventually<Value>(
  within limit: Duration = .seconds(60), every interval: Duration = .milliseconds(20), _ description: String,
  _ observe: () async throws -> Value, until isWanted: (Value) -> Bool
) async throws -> Value {
  var last: Result<Value, any Error>?
  let sawIt = try await poll(within: limit, every: interval) {
    do {
      let value = try await observe()
      last = .success(value)
      return isWanted(value)
    } catch {
      last = .failure(error)
      return false
    }
  }
  switch last {
  case .success(let value) where sawIt: return value
  case .success(let value): throw TestSupportError("not within \(limit): \(description); last seen: \(value)")
  case .failure(let error): throw TestSupportError("not within \(limit): \(description); last error: \(error)")
  case nil: throw TestSupportError("not looked at: \(description)")
  }
}

/// Asks again and again until the condition holds; fails when it does not within the limit.
package func eventually(
  within limit: Duration = .seconds(60), every interval: Duration = .milliseconds(20), _ description: String,
  _ condition: () async throws -> Bool
) async throws {
  try await eventually(within: limit, every: interval, description, condition, until: { $0 })
}
