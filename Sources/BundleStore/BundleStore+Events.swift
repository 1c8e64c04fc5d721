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
    let rows = try await query(SQLText.eventStart)
    return try decoding {
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
