import BundleModel
import LocalStack
import Postgres
import Synchronization
import TestSupport

@testable import BundleStore

/// A database of one test, made from a template.
struct DatabaseCopy: Sendable {
  let server: LocalPostgres
  let name: String

  /// `postgres://` with user and password.
  var url: Secret<String> { server.url(database: name) }

  /// Removes it; a failure does not matter, for the server goes with the process.
  func drop() async {
    try? await SchemaTemplate.administrate(server, "drop database if exists \(name) with (force)")
  }
}

/// One database of the process to which the schema was applied; those of the tests are copies of it, because a copy
/// is much faster than four scripts.
enum SchemaTemplate {
  private static let template = Mutex<Task<TestDatabase, any Error>?>(nil)

  /// Databases that earlier tests are done with, emptied.
  private static let idle = Mutex<[DatabaseCopy]>([])

  /// An empty database with the schema: one that an earlier test has used, or a new one. Making one takes twenty
  /// times as long as emptying one.
  static func take() async throws -> DatabaseCopy {
    if let database = idle.withLock({ $0.popLast() }) { return database }
    return try await copy()
  }

  /// Empties a database whose schema is as it was, for another test.
  static func giveBack(_ database: DatabaseCopy, _ connection: Connection) async {
    do {
      try await connection.script(empty)
      idle.withLock { $0.append(database) }
    } catch {
      await database.drop()
    }
  }

  // The events come last, for emptying the others writes some; the audit refuses to be emptied by ordinary means.
  private static let empty = """
    alter table example_bundle_operations disable trigger bundletop_append_only;
    truncate \(TableDump.names.filter { $0 != "bundletop_migrations" && $0 != "bundletop_control" }
      .joined(separator: ", ")) restart identity cascade;
    truncate example_bundle_events restart identity;
    delete from bundletop_control where key <> 'schema.inventory';
    insert into bundletop_control (key, value) values ('feed.floor', '0');
    alter table example_bundle_operations enable trigger bundletop_append_only;
    """

  /// A new database with the schema.
  static func copy() async throws -> DatabaseCopy {
    let origin = try await made()
    let name = "test_\(UInt64.random(in: 0 ... .max))"
    try await administrate(origin.server, "create database \(name) template \(origin.name)")
    return DatabaseCopy(server: origin.server, name: name)
  }

  private static func made() async throws -> TestDatabase {
    let task = template.withLock { template in
      let task =
        template
        ?? Task {
          let database = try await TestDatabase.create()
          _ = try await Schema(try ConnectionSettings(url: database.url)).apply()
          return database
        }
      template = task
      return task
    }
    return try await task.value
  }

  fileprivate static func administrate(_ server: LocalPostgres, _ sql: String) async throws {
    var settings = try ConnectionSettings(url: server.url())
    settings.statementDeadline = .seconds(60)
    let connection = try await Connection.connect(settings)
    do {
      try await connection.query(sql)
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
  }
}
