import Postgres
import TestSupport

/// A new database and how to get there.
func freshSettings() async throws -> ConnectionSettings {
  var settings = try ConnectionSettings(url: try await TestDatabase.create().url)
  // Many tests on a busy machine: whoever tests the deadline sets a shorter one.
  settings.connectDeadline = .seconds(30)
  settings.statementDeadline = .seconds(60)
  return settings
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
