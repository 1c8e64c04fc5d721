internal import BundleModel
internal import BundleStore
internal import Dashboard
internal import Synchronization

/// Turns what the feed brings into events of the dashboard, and into none where nothing would look different.
final class FeedWatch: Sendable {
  private struct State {
    var lastAnswer: Timestamp?
    var shown: ConnectionState = .connecting
    var queued: Set<Slug> = []
    var offered: Set<Slug> = []
    var toldUnoffered: Set<Slug>?
    var pods: [Pod] = []
    var pauses: [Pause] = []
  }

  private let inbox: EventInbox
  private let state = Mutex(State())

  init(inbox: EventInbox) { self.inbox = inbox }

  func follow(_ store: BundleStore) async {
    await store.follow { self.take($0) }
  }

  private func take(_ event: FeedEvent) {
    switch event {
    case .resync(let statuses):
      answered()
      state.withLock { $0.queued = Set(statuses.lazy.filter { $0.state == .queued }.map(\.slug)) }
      inbox.post { .resync(statuses: statuses, at: $0) }
      tellUnoffered()
    case .changes(let upserts, let removed):
      answered()
      state.withLock { state in
        for status in upserts {
          if status.state == .queued { state.queued.insert(status.slug) } else { state.queued.remove(status.slug) }
        }
        state.queued.subtract(removed)
      }
      inbox.post { .changes(upserts: upserts, removed: removed, at: $0) }
      tellUnoffered()
    case .current: answered()
    case .crew(let crew):
      inbox.setClock(crew.clock)
      // A beat alone changes nothing that is shown.
      let (isNews, pausesAreNews) = state.withLock { state in
        state.offered = crew.offered
        let quiet = crew.pods.map { pod in
          var pod = pod
          pod.lastSeen = pod.startedAt
          return pod
        }
        defer {
          state.pods = quiet
          state.pauses = crew.pauses
        }
        return (state.pods != quiet, state.pauses != crew.pauses)
      }
      if isNews { inbox.post { .pods(crew.pods, at: $0) } }
      if pausesAreNews { inbox.post { .pauses(crew.pauses, at: $0) } }
      tellUnoffered()
    case .freshness(.live(let latency)): show(.live(latency: latency))
    case .freshness(.polling): show(.polling)
    case .unreachable(let error, let retryIn):
      let since = state.withLock { $0.lastAnswer } ?? inbox.now()
      show(.lost(since: since, nextTry: inbox.now().advanced(by: retryIn), reason: error.message))
    }
  }

  private func answered() {
    let now = inbox.now()
    let wasLost = state.withLock { state in
      state.lastAnswer = now
      if case .lost = state.shown { return true }
      return false
    }
    if wasLost { show(.polling) }
  }

  /// A latency that merely varies is not worth a repaint: an idle screen stays untouched.
  private func show(_ connection: ConnectionState) {
    let isNews = state.withLock { state in
      if case .live = state.shown, case .live = connection { return false }
      defer { state.shown = connection }
      return state.shown != connection
    }
    if isNews { inbox.post { .connection(connection, at: $0) } }
  }

  private func tellUnoffered() {
    let news: Set<Slug>? = state.withLock { state in
      let unoffered = state.queued.subtracting(state.offered)
      defer { state.toldUnoffered = unoffered }
      return unoffered == state.toldUnoffered ? nil : unoffered
    }
    if let news { inbox.post { .unoffered(news, at: $0) } }
  }
}
