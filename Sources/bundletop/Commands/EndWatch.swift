internal import BundleModel
internal import BundleStore
internal import ProcessControl
internal import Synchronization
internal import Wire

/// Collects how the named bundles end.
final class EndWatch: Sendable {
  private struct State {
    var ended: [Slug: BundleStatus] = [:]
    var shown: [Slug: Stage] = [:]
  }

  private let slugs: Set<Slug>
  private let state = Mutex(State())
  private let done: AsyncStream<Void>
  private let finish: AsyncStream<Void>.Continuation
  /// The named bundles that have no row.
  let gone: AsyncStream<Slug>
  private let vanished: AsyncStream<Slug>.Continuation

  init(_ slugs: [Slug]) {
    self.slugs = Set(slugs)
    (done, finish) = AsyncStream.makeStream()
    (gone, vanished) = AsyncStream.makeStream()
  }

  /// Those that have not ended, for people.
  var unfinished: String {
    let ended = state.withLock { $0.ended }
    return slugs.filter { ended[$0] == nil }.sorted().map(\.text).joined(separator: ", ")
  }

  /// Notes what the feed tells.
  func take(_ event: FeedEvent) {
    switch event {
    case .resync(let statuses):
      take(statuses)
      for slug in slugs.subtracting(statuses.map(\.slug)) { vanished.yield(slug) }
    case .changes(let statuses, let removed):
      take(statuses)
      for slug in slugs.intersection(removed) { vanished.yield(slug) }
    case .unreachable(let error, _): writeLine("bundletop: \(error.message)", to: .errors)
    default: break
    }
  }

  /// Notes how a bundle ended that has no row.
  func take(_ status: BundleStatus) { take([status]) }

  private func take(_ statuses: [BundleStatus]) {
    for status in statuses where slugs.contains(status.slug) {
      let isNews = state.withLock { state in
        state.ended[status.slug] = status.state == .completed || status.state == .failed ? status : nil
        return state.shown.updateValue(status.stage, forKey: status.slug) != status.stage
      }
      if isNews { writeLine(ChangeLine.text(status), to: .errors) }
    }
    if state.withLock({ $0.ended.count }) == slugs.count { finish.finish() }
  }

  /// How all of them ended.
  func result() async throws -> [Slug: BundleStatus] {
    for await _ in done {}
    try Task.checkCancellation()
    return state.withLock { $0.ended }
  }
}
