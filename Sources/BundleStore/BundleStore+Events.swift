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
    try await eventStart(back: 0)
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
      guard let position = try PositionRow.read(&reader) else {
        throw StoreError(.corrupt, "the database named no position")
      }
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
        switch PageVerdict(rawValue: try reader.next()) {
        case .continued: break
        case .standby: throw Self.standby
        case .stale, nil: return .stale
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
}

/// What the first column of `event_page.sql` says of a position.
private enum PageVerdict: Int {
  case continued = 0
  case stale = 2
  case standby = 3
}
