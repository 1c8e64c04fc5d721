import Postgres
import TestSupport

/// A new database and how to get there.
func freshSettings() async throws -> ConnectionSettings {
  try ConnectionSettings(url: try await TestDatabase.create().url)
}

/// Asks until the answer is true, for at most ten seconds.
func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
  let deadline = ContinuousClock.now + .seconds(10)
  while ContinuousClock.now < deadline {
    if try await condition() { return true }
    await Task.yield()
  }
  return false
}

/// The error that the work throws; nil when it throws none or another.
func postgresError<T>(_ work: () async throws -> T) async -> PostgresError? {
  do {
    _ = try await work()
    return nil
  } catch {
    return error as? PostgresError
  }
}

/// One database for the tests that leave nothing behind in it.
enum SharedDatabase {
  private static let task = Task { try await freshSettings() }

  static func connect() async throws -> Connection { try await Connection.connect(try await task.value) }
}
