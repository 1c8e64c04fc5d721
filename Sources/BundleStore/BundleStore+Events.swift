package import BundleModel
internal import Postgres

/// Where a reader of events stands, and in which run of the server it got there.
package struct EventCursor: Equatable, Sendable {
  package var position: EventPosition
  /// Nil when the position came from a client, which knows nothing of servers.
  package var origin: String?

  package init(position: EventPosition, origin: String?) {
    self.position = position
    self.origin = origin
  }

  /// This position in the run of the server that `start` is of; nil when that run did not go on from what this one
  /// had written. A server that was merely restarted does: the position is of an event, and so on disk.
  package func continued(in start: EventCursor) -> EventCursor? {
    guard let origin, let current = start.origin, origin != current,
      // The server's identity and its timeline, which a failover changes, without the time of its start.
      origin.split(separator: "/").dropLast() == current.split(separator: "/").dropLast()
    else { return nil }
    return EventCursor(position: position, origin: current)
  }
}

/// What followed a position.
package enum EventPage: Equatable, Sendable {
  /// In their final order, the same for every reader; `next` continues behind them.
  case events([BundleEvent], next: EventCursor)
  /// What follows the position is not known here: it was pruned, or belongs to another history of the database.
  case stale
}

extension BundleStore {
  /// Where a reader begins that wants no events from before now.
  ///
  /// - Throws: `.refused` on a standby.
  package func eventStart() async throws(StoreError) -> EventCursor {
    try cursor(try await query(SQLText.eventStart))
  }

  /// Where a reader begins that wants the newest `count` events first, as far as they are kept.
  ///
  /// - Parameter slugs: only events of these bundles count; empty: all do.
  /// - Throws: `.refused` on a standby.
  package func eventStart(back count: Int, of slugs: [Slug] = []) async throws(StoreError) -> EventCursor {
    let names: Parameter = slugs.isEmpty ? .null : .textArray(slugs.map(\.text))
    return try cursor(try await query(SQLText.eventBack, [.integer(Int64(count)), names]))
  }

  private func cursor(_ rows: Rows) throws(StoreError) -> EventCursor {
    try decoding {
      guard let row = rows.first else { throw StoreError(.corrupt, "the database named no position") }
      var reader = row.reader()
      let position = try Self.position(&reader)
      let origin: String = try reader.next()
      if try reader.next() as Bool { throw Self.standby }
      return EventCursor(position: position, origin: origin)
    }
  }

  /// The events behind a cursor, oldest first. An event appears when every older transaction has ended, so that none
  /// ever comes in before one that was read.
  ///
  /// - Parameter limit: at most so many; a full page means that more may follow.
  /// - Throws: `.refused` on a standby.
  package func events(after cursor: EventCursor, limit: Int = 500) async throws(StoreError) -> EventPage {
    let rows = try await query(
      SQLText.eventPage,
      [
        .text(String(cursor.position.transaction)), .integer(cursor.position.number), .integer(Int64(limit)),
        Parameter(cursor.origin),
      ])
    return try decoding {
      var events: [BundleEvent] = []
      var next = cursor
      for row in rows {
        var reader = row.reader()
        switch try reader.next() as Int {
        case 0: break
        case 3: throw Self.standby
        default: return .stale
        }
        next.origin = try reader.next()
        guard let event = try EventRow.read(&reader) else { continue }
        next.position = event.position
        events.append(event)
      }
      return .events(events, next: next)
    }
  }

  private static var standby: StoreError {
    StoreError(.refused, "the database is a standby; events can only be followed on the primary")
  }

  private static func position(_ reader: inout RowReader) throws -> EventPosition {
    let transaction: String = try reader.next()
    let number: Int64 = try reader.next()
    guard let transaction = UInt64(transaction) else {
      throw StoreError(.corrupt, "an event without a transaction")
    }
    return EventPosition(transaction: transaction, number: number)
  }
}

/// Reads the columns of `event_page.sql` behind the first two, in their order.
private enum EventRow {
  /// Nil when the row is there for its first columns only.
  static func read(_ reader: inout RowReader) throws -> BundleEvent? {
    guard let transaction = try reader.next() as String? else { return nil }
    let number: Int64 = try reader.next()
    guard let transaction = UInt64(transaction) else {
      throw StoreError(.corrupt, "an event without a transaction")
    }
    let position = EventPosition(transaction: transaction, number: number)
    let op: String = try reader.next()
    let at: Timestamp = try reader.next()
    let slugText: String? = try reader.next()
    guard op != "resync" else { return BundleEvent(position: position, kind: .resync, at: at) }
    guard let slugText, let slug = Slug(slugText) else {
      throw StoreError(.corrupt, "event \(position.text) names no bundle")
    }
    guard op != "delete" else { return BundleEvent(position: position, kind: .removed(slug), at: at) }
    return BundleEvent(position: position, kind: .progress(try status(of: slug, at: at, &reader)), at: at)
  }

  private static func status(of slug: Slug, at: Timestamp, _ reader: inout RowReader) throws -> BundleStatus {
    let fingerprint: String? = try reader.next()
    let stage: String? = try reader.next()
    let state: String? = try reader.next()
    let jobID: String? = try reader.next()
    let attempt: Int? = try reader.next()
    let pod: String? = try reader.next()
    let message: String? = try reader.next()
    let error: String? = try reader.next()
    let cached: Bool? = try reader.next()
    let bytesDone: Int64? = try reader.next()
    let bytesTotal: Int64? = try reader.next()
    let createdAt: Timestamp? = try reader.next()
    let updatedAt: Timestamp? = try reader.next()
    let completedAt: Timestamp? = try reader.next()
    let artifact = try ArtifactRow.read(&reader)
    return BundleStatus(
      slug: slug, fingerprint: fingerprint.flatMap(Fingerprint.init) ?? .pending, stage: Stage(stored: stage ?? ""),
      state: state.flatMap(BundleState.init), jobID: jobID, version: artifact?.version,
      checksum: artifact?.checksum, filename: artifact?.filename, cached: cached, error: error, message: message,
      createdAt: createdAt ?? at, updatedAt: updatedAt ?? at, completedAt: completedAt, artifact: artifact,
      attempt: attempt, pod: pod, bytesDone: bytesDone, bytesTotal: bytesTotal)
  }
}
