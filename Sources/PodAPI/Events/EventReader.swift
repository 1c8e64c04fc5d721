internal import BundleModel
internal import BundleStore
internal import Logging

/// The one reader of a pod: fills the ring that all its clients are served from.
struct EventReader: Sendable {
  /// Events of one page.
  static let page = 500

  let source: EventSource
  let encoder: EventEncoder
  let log: Logger
  /// Takes a change of what is known, and wakes the clients.
  let publish: @Sendable ((inout EventCourse.View) -> Void) -> Void

  /// Reads until the task is cancelled: woken by the doorbell, and by the clock in any case.
  func run() async {
    let bell = EventBell()
    await withTaskGroup { group in
      group.addTask { [source] in await source.listen { bell.ring() } }
      group.addTask { await read(bell) }
    }
  }

  private func read(_ bell: EventBell) async {
    var cursor: EventCursor?
    var isBlind = false
    var pace = EventPace(pollEvery: source.pollEvery)
    var clock = Task<Void, Never> {}
    var due = ContinuousClock.now
    bell.ring()
    for await _ in bell.rings {
      clock.cancel()
      if ContinuousClock.now < due { pace.rang() }
      do throws(StoreError) {
        while try await turn(&cursor), !Task.isCancelled {}
        if isBlind { log.notice("events can be read again") }
        isBlind = false
      } catch {
        guard !Task.isCancelled else { break }
        if !isBlind { log.warning("events cannot be read", metadata: ["error": "\(error)"]) }
        isBlind = true
        publish { $0.isBlind = true }
      }
      let pause = pace.pause()
      due = .now.advanced(by: pause)
      clock = Task {
        // Whoever cancels the pause rings itself.
        if (try? await Task.sleep(for: pause)) != nil { bell.ring() }
      }
    }
    clock.cancel()
  }

  /// Reads one page; true when more may follow.
  private func turn(_ cursor: inout EventCursor?) async throws(StoreError) -> Bool {
    if let from = cursor {
      switch try await source.page(from, EventReader.page) {
      case .events(let events, let next):
        let encoded = events.map(encoder.encode)
        cursor = next
        publish { view in
          view.isBlind = false
          view.ring.append(encoded, next: next)
        }
        return events.count == EventReader.page
      case .stale: log.warning("the events that follow are not known any more; going on from now")
      }
    }
    let start = try await source.start()
    cursor = start
    publish { view in
      view.isBlind = false
      view.ring.begin(at: start)
    }
    return false
  }
}
