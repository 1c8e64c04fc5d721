internal import BundleModel
internal import BundleStore

/// Where events come from: the database, or a test's script.
struct EventSource: Sendable {
  /// Where now is.
  var start: @Sendable () async throws(StoreError) -> EventCursor
  /// What follows a cursor, at most so many.
  var page: @Sendable (EventCursor, Int) async throws(StoreError) -> EventPage
  /// Calls back whenever something may have happened, until the task is cancelled.
  var listen: @Sendable (@escaping @Sendable () -> Void) async -> Void
  /// How often to look when nobody calls.
  var pollEvery: Duration
}

extension EventSource {
  /// The events of a database.
  init(_ store: BundleStore) {
    self.init(
      start: { () async throws(StoreError) in try await store.eventStart() },
      page: { (cursor, limit) async throws(StoreError) in try await store.events(after: cursor, limit: limit) },
      listen: { await store.listen($0) }, pollEvery: store.settings.pollEvery)
  }
}
