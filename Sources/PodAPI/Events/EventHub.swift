internal import BundleModel
internal import BundleStore
internal import Logging
internal import Synchronization

/// The event stream of one pod: its clients, and the one reader that works while there are any.
package final class EventHub: Sendable {
  private struct State {
    var view = EventCourse.View()
    var bells: [Int: EventBell] = [:]
    var next = 0
    var seats = 0
    var work: Task<Void, Never>?
  }

  let source: EventSource
  let encoder: EventEncoder
  /// How long a client may hear nothing.
  let pingEvery: Duration
  private let most: Int
  private let log: Logger
  private let state = Mutex(State())

  /// - Parameter most: how many clients at a time.
  init(
    source: EventSource, encoder: EventEncoder, most: Int, pingEvery: Duration = .seconds(15), log: Logger
  ) {
    self.source = source
    self.encoder = encoder
    self.most = most
    self.pingEvery = pingEvery
    self.log = log
  }

  /// A place for one more client; nil when all are taken. It is free again when nobody has it.
  func seat() -> Seat? {
    state.withLock { state in
      guard state.seats < most else { return nil }
      state.seats += 1
      return Seat(hub: self)
    }
  }

  /// What the reader knows.
  var view: EventCourse.View { state.withLock { $0.view } }
  /// How many clients there are.
  package var clients: Int { state.withLock { $0.bells.count } }

  /// Calls `body` while a bell of its own rings at every news and about every second.
  func attend(_ body: (EventBell) async throws -> Void) async throws {
    let bell = EventBell()
    let number = enter(bell)
    do {
      try await body(bell)
    } catch {
      await leave(number)
      throw error
    }
    await leave(number)
  }

  private func enter(_ bell: EventBell) -> Int {
    state.withLock { state in
      state.next += 1
      state.bells[state.next] = bell
      if state.work == nil { state.work = begin() }
      return state.next
    }
  }

  /// The last one to leave ends the reader; what it knew is out of date soon.
  private func leave(_ number: Int) async {
    let work: Task<Void, Never>? = state.withLock { state in
      state.bells[number] = nil
      guard state.bells.isEmpty else { return nil }
      state.view = EventCourse.View()
      defer { state.work = nil }
      return state.work
    }
    work?.cancel()
    await work?.value
  }

  private func begin() -> Task<Void, Never> {
    let reader = EventReader(source: source, encoder: encoder, log: log) { [weak self] change in
      self?.publish(change)
    }
    return Task { [weak self, pingEvery] in
      await withTaskGroup { group in
        group.addTask { await reader.run() }
        group.addTask {
          while !Task.isCancelled {
            try? await Task.sleep(for: min(.seconds(1), pingEvery))
            self?.ringAll()
          }
        }
      }
    }
  }

  private func publish(_ change: (inout EventCourse.View) -> Void) {
    guard !Task.isCancelled else { return }
    let bells: [EventBell] = state.withLock { state in
      let before = (state.view.ring.cursor, state.view.isBlind)
      change(&state.view)
      return before == (state.view.ring.cursor, state.view.isBlind) ? [] : Array(state.bells.values)
    }
    for bell in bells { bell.ring() }
  }

  private func ringAll() {
    for bell in state.withLock({ Array($0.bells.values) }) { bell.ring() }
  }

  /// One client's place.
  final class Seat: Sendable {
    private let hub: EventHub

    fileprivate init(hub: EventHub) { self.hub = hub }

    deinit { hub.state.withLock { $0.seats -= 1 } }
  }
}
