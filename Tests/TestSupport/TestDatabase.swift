package import BundleModel
package import LocalStack

/// An empty database of one test, on a real server.
package struct TestDatabase: Sendable {
  /// The server, shared with the other tests of the process.
  package let server: LocalPostgres
  /// The database's name.
  package let name: String

  /// A new database on the server that the process's tests share.
  package static func create() async throws -> TestDatabase {
    try await create(on: try await SharedServers.postgres())
  }

  /// A new database on another server.
  package static func create(on server: LocalPostgres) async throws -> TestDatabase {
    let name = "test_\(UInt64.random(in: 0...UInt64.max))"
    _ = try await TestDatabase(server: server, name: LocalPostgres.database).psql("create database \(name)")
    return TestDatabase(server: server, name: name)
  }

  /// `postgres://` with user and password.
  package var url: Secret<String> { server.url(database: name) }

  /// The PG* variables that lead to it, for child processes.
  package var environment: [String: String] { server.environment(database: name) }

  /// What the program `psql` prints for these statements, unaligned, columns separated by `|`, without headers: a
  /// check that owes nothing to our driver.
  @discardableResult
  package func psql(_ sql: String) async throws -> String {
    var settings = environment
    settings["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    settings["LC_ALL"] = "C.UTF-8"
    let result = try await Program.run(
      "\(server.programFolder)/psql",
      ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"],
      environment: settings, input: sql)
    guard result.succeeded else { throw TestSupportError("psql failed: \(result.errors)") }
    return result.output.hasSuffix("\n") ? String(result.output.dropLast()) : result.output
  }

  /// Removes the database and whoever still uses it. Not needed for tidiness: the server goes with the process.
  package func drop() async throws {
    try await TestDatabase(server: server, name: LocalPostgres.database).psql("drop database \(name) with (force)")
  }
}
