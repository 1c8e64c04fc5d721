package import Postgres

/// Brings a database to the schema of this program, and tells where it is not.
package struct Schema: Sendable {
  private let connection: ConnectionSettings

  package init(_ connection: ConnectionSettings) { self.connection = connection }

  /// Any number that nobody else uses: programs that apply at the same time wait for one another.
  private static let lock: Int64 = 0x6275_6e64_6c65_7470

  /// For the turn of another program, and for a step that waits for AppHub's writers: more than a usual statement.
  private static let patience = Duration.seconds(100)

  private static let fixPath =
    "select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)"

  /// Applies what is missing, in one transaction; safe from many processes at once.
  ///
  /// - Returns: the numbers of the steps that were applied now.
  package func apply() async throws(StoreError) -> [Int] {
    try await using { connection in
      try await connection.transaction(deadline: .seconds(120)) { connection in
        _ = try await connection.script("set local statement_timeout = 0; set local lock_timeout = '100s'")
        _ = try await connection.query(
          "select pg_advisory_xact_lock($1)", [.integer(Schema.lock)], deadline: Schema.patience)
        _ = try await connection.query(Schema.fixPath)
        try await connection.script(
          """
          create table if not exists bundletop_migrations (
            step int primary key, name text not null, checksum text not null,
            applied_at timestamptz not null default clock_timestamp(), applied_by text not null default session_user)
          """)
        let present = try await Schema.present(on: connection)
        let missing = SchemaStep.all.filter { present[$0.number] == nil }
        for step in missing {
          try await connection.script(step.sql, deadline: Schema.patience)
          _ = try await connection.query(
            "insert into bundletop_migrations (step, name, checksum) values ($1, $2, $3)",
            [.integer(step.number), .text(step.name), .text(step.checksum)])
        }
        if !missing.isEmpty {
          let inventory = try await Schema.inventory(on: connection)
          _ = try await connection.query(
            """
            insert into bundletop_control (key, value) values ('schema.inventory', $1)
            on conflict (key) do update set value = excluded.value, changed_by = session_user, changed_at = now()
            """,
            [.text(inventory.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)" }.joined(separator: "\n"))])
        }
        return missing.map(\.number)
      }
    }
  }

  /// Compares the database with this program and with what was applied to it.
  package func check() async throws(StoreError) -> SchemaReport {
    try await using { connection in
      try await connection.transaction(.repeatableReadReadOnly) { connection in
        _ = try await connection.query(Schema.fixPath)
        var report = SchemaReport()
        let exists = try await connection.query("select to_regclass('bundletop_migrations') is not null as x")
        guard try exists.first?.decode("x", as: Bool.self) == true else {
          report.missing = SchemaStep.all.map(\.number)
          return report
        }
        let present = try await Schema.present(on: connection)
        report = SchemaReport(present: present)
        if report.missing.isEmpty { report.drift += try await Schema.drift(on: connection) }
        return report
      }
    }
  }

  private static func present(on connection: isolated Connection) async throws -> [Int: String] {
    var present: [Int: String] = [:]
    for row in try await connection.query("select step, checksum from bundletop_migrations") {
      present[try row.decode("step")] = try row.decode("checksum", as: String.self)
    }
    return present
  }

  private static func inventory(on connection: isolated Connection) async throws -> [String: String] {
    var inventory: [String: String] = [:]
    for row in try await connection.query(SQLText.inventory) {
      inventory[try row.decode("name")] = try row.decode("hash", as: String.self)
    }
    return inventory
  }

  private static func drift(on connection: isolated Connection) async throws -> [String] {
    let stored = try await connection.query("select value from bundletop_control where key = 'schema.inventory'")
    guard let text = try stored.first?.decode("value", as: String.self) else {
      return ["nothing is recorded to compare with: the row schema.inventory of bundletop_control is missing"]
    }
    var expected: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "\t", maxSplits: 1)
      if fields.count == 2 { expected[fields[0]] = fields[1] }
    }
    let found = try await inventory(on: connection)
    var lines = expected.filter { found[String($0.key)] == nil }.map { "missing: \($0.key)" }
    for (name, hash) in found {
      if let before = expected[Substring(name)] {
        if before != hash { lines.append("changed: \(name)") }
      } else {
        lines.append("added: \(name)")
      }
    }
    for role in ["bundletop_viewer", "bundletop_operator", "bundlepod"] {
      let known = try await connection.query("select 1 as x from pg_roles where rolname = $1", [.text(role)])
      if known.isEmpty { lines.append("missing: role \(role)") }
    }
    return lines.sorted()
  }

  private func using<T: Sendable>(_ body: (Connection) async throws -> T) async throws(StoreError) -> T {
    do {
      let open = try await Connection.connect(connection)
      do {
        let value = try await body(open)
        await open.close()
        return value
      } catch {
        await open.close()
        throw error
      }
    } catch let error as PostgresError {
      throw StoreError(error)
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(.unavailable, "the database cannot be used")
    }
  }
}
