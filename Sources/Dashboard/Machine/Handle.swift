internal import BundleModel
internal import Terminal

extension DashboardState {
  /// Takes in what happened and returns what shall be done.
  package mutating func handle(_ event: DashboardEvent) -> [DashboardEffect] {
    expireNotice(at: event.at)
    var effects: [DashboardEffect] = []
    switch event {
    case .terminal(let input, let at): effects = handle(input, at: at)
    case .resync(let statuses, let at):
      hasBundles = true
      bundles.replaceAll(statuses)
      bundlesChanged(at: at)
      detail.isStale = true
    case .changes(let upserts, let removed, let at):
      bundles.apply(upserts: upserts, removed: removed)
      bundlesChanged(at: at)
      noticeStaleDetail(upserts, removed)
    case .pods(let pods, _): self.pods = pods
    case .pauses(let pauses, _): self.pauses = pauses
    case .unoffered(let slugs, _): unoffered = slugs.sorted()
    case .connection(let state, _): connectionChanged(to: state)
    case .storage(let state, _): storage = state
    case .detail(let content, _): received(content)
    case .detailFailed(let slug, let reason, _): failedToRead(slug, reason)
    case .actionFinished(let result, let at): finished(result, at: at)
    case .signed(let link, let at): effects = received(link, at: at)
    case .copied(let route, let label, let at): copied(route, label, at: at)
    case .tick: break
    }
    settle()
    return effects + detailToLoad()
  }

  /// Brings cursor and scrolling into what the screen can show now.
  private mutating func settle() {
    let layout = ScreenLayout(self, size: size)
    view.content.settle(&self, on: layout)
    settleHelp(on: layout)
  }

  private mutating func bundlesChanged(at: Timestamp) {
    guard let asked = question, bundles.row(of: asked.slug)?.seen != asked.seen else { return }
    question = nil
    tell(.refusal, "\(asked.slug) has changed meanwhile: look again", at: at)
  }

  private mutating func connectionChanged(to state: ConnectionState) {
    let wasUsable = connection.isUsable
    connection = state
    guard state.isUsable && !wasUsable else { return }
    // Answers of the old connection will not come any more.
    pending = [:]
    detail.inFlight = nil
    detail.isStale = true
  }

  private mutating func finished(_ result: ActionResult, at: Timestamp) {
    pending[result.slug] = nil
    switch result.outcome {
    case .done(let words): tell(.information, "\(result.slug): \(words)", at: at)
    case .refused(let words): tell(.refusal, "\(result.slug): \(result.kind.noun) refused, \(words)", at: at)
    case .failed(let words): tell(.failure, "\(result.slug): \(result.kind.noun) failed, \(words)", at: at)
    }
  }

  // MARK: Notices

  /// How long a notice stands: longer when something went wrong.
  private static func lifetime(_ kind: Notice.Kind) -> Duration {
    switch kind {
    case .information: .seconds(5)
    case .refusal: .seconds(8)
    case .failure: .seconds(20)
    }
  }

  /// Puts a notice into the footer.
  mutating func tell(_ kind: Notice.Kind, _ phrase: Phrase, at: Timestamp) {
    notice = Notice(kind: kind, phrase: phrase, until: at.advanced(by: Self.lifetime(kind)))
  }

  private mutating func expireNotice(at: Timestamp) {
    if let notice, at >= notice.until { self.notice = nil }
    if let overlay = link, overlay.isExpired(at: at), overlay.isRevealed { link?.isRevealed = false }
  }
}
