internal import BundleModel
internal import BundleStore
internal import ProcessControl

/// Reads events page by page and prints them.
struct EventTrail: Sendable {
  let store: BundleStore
  let printer: EventPrinter
  private(set) var cursor: EventCursor

  /// Prints what there is; false when what follows is not known any more.
  mutating func catchUp() async throws(StoreError) -> Bool {
    let limit = 500
    while true {
      switch try await store.events(after: cursor, limit: limit) {
      case .stale: return false
      case .events(let events, let next):
        for event in events { printer.print(event) }
        cursor = next
        if events.count < limit { return true }
      }
    }
  }

  /// Prints each event as it happens until the task is cancelled: woken by the doorbell, and by the clock in any case.
  consuming func follow() async {
    let (rings, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    await withTaskGroup { [trail = self] group in
      group.addTask { [store = trail.store] in await store.listen { ringer.yield() } }
      group.addTask { [every = trail.store.settings.pollEvery] in
        while !Task.isCancelled {
          ringer.yield()
          try? await Task.sleep(for: every)
        }
        ringer.finish()
      }
      var trail = trail
      var isAway = false
      for await _ in rings where !Task.isCancelled {
        do throws(StoreError) {
          try await trail.turn()
          isAway = false
        } catch {
          guard !Task.isCancelled else { break }
          if !isAway { writeLine("bundletop: \(error.message); trying again", to: .errors) }
          isAway = true
        }
      }
      group.cancelAll()
    }
  }

  private mutating func turn() async throws(StoreError) {
    if try await catchUp() { return }
    let start = try await store.eventStart()
    if let again = cursor.continued(in: start) {
      cursor = again
      if try await catchUp() { return }
    }
    cursor = start
    printer.printLoss(at: start.position)
  }
}
