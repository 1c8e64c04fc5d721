internal import BundleModel
internal import Postgres

extension BundleStore {
  // MARK: - One at a time

  /// Runs a step of the migration that writes, unless another one runs; of those there is one at a time.
  ///
  /// - Parameters:
  ///   - who: the name that is told to whoever comes second.
  ///   - place: host and process, likewise.
  /// - Throws: `.refused`, saying who is at work and since when.
  package func migrating<T>(by who: String, place: String, body: () async throws -> T) async throws -> T {
    let guardian: Connection
    let complaint: String?
    do throws(PostgresError) {
      guardian = try await Connection.connect(pool.settings)
      do throws(PostgresError) {
        let rows = try await guardian.query(SQLText.migrationBegin, [.who(who), .text(place)])
        complaint = try Self.refusal(rows)
      } catch {
        await guardian.close()
        throw error
      }
    } catch {
      throw StoreError(error)
    }
    do {
      if let complaint { throw StoreError(.refused, complaint) }
      let value = try await body()
      await guardian.close()
      return value
    } catch {
      await guardian.close()
      throw error
    }
  }

  /// What to say to whoever comes second; nil for the first.
  private static func refusal(_ rows: Rows) throws(PostgresError) -> String? {
    guard let row = rows.first, try !row.decode("won", as: Bool.self) else { return nil }
    var text = "another `bundletop migrate` is at work"
    if let who = try row.decode("holder", as: String?.self), let place = try row.decode("place", as: String?.self),
      let since = try row.decode("since", as: Timestamp?.self)
    {
      text += ": \(UntrustedText.line(who)) on \(UntrustedText.line(place)), since \(since.iso8601)"
    }
    return text + "; try again when it has ended"
  }

  // MARK: - Rows

  /// Moves one status and its archive, and records both in the journal; one statement that decides, writes and
  /// records.
  ///
  /// Never over a row that is newer (compared at milliseconds), that an attempt of ours wrote, or whose job is at
  /// work.
  ///
  /// - Parameter confirm: called while nobody else may publish or delete the object: looks whether it is (still)
  ///   there, and throws when it is not. Nil for an object that was stored a moment ago.
  /// - Throws: `StoreError`, or what `confirm` throws; nothing was written then.
  package func importStatus(
    _ wanted: StatusImport, by who: String, confirm: (@Sendable () async throws -> Void)? = nil
  ) async throws -> ImportAnswer {
    guard (wanted.status.state == .completed) == (wanted.status.artifact != nil),
      (wanted.status.artifact == nil) == (wanted.archive == nil)
    else { throw StoreError(.invalid, "a completed status and its archive move together") }
    let parameters: [Parameter] = [
      try .row(wanted.statusMembers), try .row(wanted.file.members),
      try wanted.artifactMembers.map { try .row($0) } ?? .null,
      try wanted.archive.map { try .row($0.members) } ?? .null, .boolean(wanted.requeue), .who(who),
    ]
    let rows: Rows
    if let confirm, let key = wanted.status.artifact?.storageKey {
      rows = try await transaction(deadline: settings.lease) { [lease = settings.lease] connection in
        _ = try await connection.query(SQLText.lockPublication, [.text(key), .interval(lease)])
        try await confirm()
        return try await connection.query(SQLText.importStatus, parameters)
      }
      doorbell.ring()
    } else {
      rows = try await write(SQLText.importStatus, parameters)
    }
    return try decoding {
      let answer = try FunctionAnswer<JournalEntry.Outcome>(rows, to: "an import")
      return ImportAnswer(
        outcome: answer.outcome, reason: try answer.reason,
        archive: try rows.first?.decode("archive_outcome", as: String?.self).flatMap(JournalEntry.Outcome.init),
        archiveReason: try rows.first?.decode("archive_reason", as: String?.self))
    }
  }

  // MARK: - The journal

  /// Records what became of files that no row comes of.
  package func journal(_ entries: [JournalEntry]) async throws(StoreError) {
    guard !entries.isEmpty else { return }
    _ = try await query(SQLText.journal, [try .rows(entries.map(\.members))])
  }

  /// What became of the files of a directory, by path.
  ///
  /// - Parameters:
  ///   - paths: only these; nil for all.
  ///   - last: only those after this path, for the next page.
  package func journalEntries(
    of source: String, paths: [String]? = nil, after last: String? = nil, limit: Int = 1_000
  ) async throws(StoreError) -> [JournalEntry] {
    try await read(
      JournalRow.self, SQLText.journalPage,
      [.text(source), Parameter(paths), Parameter(last), .integer(limit)])
  }
}
