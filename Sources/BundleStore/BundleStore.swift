package import Postgres

/// The durable truth of all bundles: jobs, status, artifacts, feed, pods and audit, in Postgres.
///
/// Every method is one statement or one transaction with a deadline of its own. A write of an attempt is fenced by
/// (job, attempt, owner, running), see `SQL/` and `Schema/0003_jobs.sql`.
package final class BundleStore: Sendable {
  package let settings: StoreSettings
  let pool: Pool
  let doorbell: Doorbell

  /// Opens a store; connections are made when they are first needed.
  ///
  /// - Parameter connections: how many statements may run at once.
  package init(_ connection: ConnectionSettings, settings: StoreSettings = StoreSettings(), connections: Int = 4) {
    self.settings = settings
    pool = Pool(connection, size: connections)
    doorbell = Doorbell(connection)
  }

  /// Closes all connections; what was written rings first.
  package func close() async {
    await doorbell.close()
    await pool.close()
  }

  /// Runs one statement, again when it lost a deadlock or a serialisation race.
  func query(_ sql: String, _ parameters: [Parameter] = [], deadline: Duration? = nil) async throws(StoreError)
    -> Rows
  {
    var tries = 0
    while true {
      do {
        return try await pool.query(sql, parameters, deadline: deadline)
      } catch {
        tries += 1
        if error.isSerializationFailure && tries < 5 { continue }
        throw StoreError(error)
      }
    }
  }

  /// Runs one statement that writes, and rings the doorbell after its commit.
  func write(_ sql: String, _ parameters: [Parameter]) async throws(StoreError) -> Rows {
    let rows = try await query(sql, parameters)
    doorbell.ring()
    return rows
  }

  /// Runs one statement and reads its rows.
  func read<R: StoredRow>(_ kind: R.Type, _ sql: String, _ parameters: [Parameter] = []) async throws(StoreError)
    -> [R.Value]
  {
    let rows = try await query(sql, parameters)
    return try decoding { try rows.read(kind) }
  }

  /// Runs a transaction; errors of the database become ours, those of `body` stay what they are.
  func transaction<T: Sendable>(
    _ mode: TransactionMode = .readCommitted, deadline: Duration? = nil,
    _ body: @Sendable (isolated Connection) async throws -> T
  ) async throws -> T {
    do {
      return try await pool.transaction(mode, deadline: deadline, body)
    } catch let error as PostgresError {
      throw StoreError(error)
    }
  }

  /// Turns a failure to read a row into a typed error.
  func decoding<T>(_ body: () throws -> T) throws(StoreError) -> T {
    do {
      return try body()
    } catch let error as PostgresError {
      throw StoreError(.corrupt, "a row cannot be read: \(error.message)")
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(.corrupt, "a row cannot be read")
    }
  }
}
