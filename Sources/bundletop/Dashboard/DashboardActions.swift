internal import ArtifactOperations
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Dashboard
internal import Terminal

/// Does what the dashboard asks for, each in a task of its own: nothing ever holds up a key.
final class DashboardActions: Sendable {
  private let screen: TerminalScreen
  private let store: BundleStore
  private let storage: StorageWatch
  private let who: String
  private let inbox: EventInbox

  init(screen: TerminalScreen, store: BundleStore, storage: StorageWatch, who: String, inbox: EventInbox) {
    self.screen = screen
    self.store = store
    self.storage = storage
    self.who = who
    self.inbox = inbox
  }

  func perform(_ effect: DashboardEffect) {
    switch effect {
    case .loadDetail(let slug): Task { await loadDetail(slug) }
    case .retry(let slug, let seen, let force): Task { await retry(slug, seen: seen, force: force) }
    case .sign(let slug, let lifetime): Task { await sign(slug, lifetime: lifetime) }
    case .copy(let text, let label): Task { await copy(text, label: label) }
    case .repaint: screen.repaint()
    case .suspend: screen.suspend()
    case .quit: break  // the runner's own business
    }
  }

  /// Asks the object store now and then whether it is there; tells only what changed.
  func watchStorage() async {
    guard let artifacts = storage.artifacts else {
      return inbox.post { .storage(.notConfigured, at: $0) }
    }
    var isReachable: Bool?
    while !Task.isCancelled {
      do throws(StorageError) {
        try await artifacts.check()
        if isReachable != true { inbox.post { .storage(.reachable, at: $0) } }
        isReachable = true
      } catch {
        if Task.isCancelled { return }
        if isReachable != false {
          inbox.post { .storage(.unreachable(since: $0, reason: error.message), at: $0) }
        }
        isReachable = false
      }
      try? await Task.sleep(for: isReachable == true ? .seconds(30) : .seconds(5))
    }
  }

  private func loadDetail(_ slug: Slug) async {
    do throws(StoreError) {
      guard let status = try await store.statuses(of: [slug]).first else {
        return inbox.post { .detailFailed(slug, reason: "it is not known any more", at: $0) }
      }
      let attempts = try await store.attempts(of: slug, tail: 4096)
      let artifact = try await store.latestArtifact(of: slug)
      var maxAttempts: Int?
      if let job = status.jobID { maxAttempts = try await store.maxAttempts(ofJob: job) }
      var finding: VerificationFinding?
      if let shown = status.artifact ?? artifact { finding = try await store.finding(of: shown) }
      let detail = BundleDetail(
        status: status, attempts: attempts, maxAttempts: maxAttempts, lastArtifact: artifact,
        damage: finding?.reason)
      inbox.post { .detail(detail, at: $0) }
    } catch {
      inbox.post { .detailFailed(slug, reason: error.message, at: $0) }
    }
  }

  private func retry(_ slug: Slug, seen: SeenState, force: Bool) async {
    let kind: ActionResult.Kind = force ? .force : .retry
    var outcome: ActionResult.Outcome
    do throws(StoreError) {
      if force && seen.state != .failed {
        outcome = try await rebuild(slug)
      } else {
        let answer = try await store.retry(slug, seen: seen, force: force, by: who)
        outcome = answer.refusal.map { .refused($0) } ?? .done("queued, attempt \(answer.attempt ?? 0)")
      }
    } catch {
      outcome = .failed(error.message)
    }
    inbox.post { .actionFinished(ActionResult(slug: slug, kind: kind, outcome: outcome), at: $0) }
  }

  private func rebuild(_ slug: Slug) async throws(StoreError) -> ActionResult.Outcome {
    let answer = try await store.enqueue(slug, options: JobOptions(force: true), by: who)
    try await store.audit("package --force", slug: slug, by: who, result: answer.outcome.rawValue)
    switch answer.outcome {
    case .refused: return .refused(answer.reason ?? "refused")
    case .waiting: return .done("running; a rebuild follows it")
    case .created, .merged, .repeated: return .done("queued for a rebuild")
    }
  }

  private func sign(_ slug: Slug, lifetime: Duration) async {
    func fail(_ outcome: ActionResult.Outcome) {
      inbox.post { .actionFinished(ActionResult(slug: slug, kind: .sign, outcome: outcome), at: $0) }
    }
    guard let artifacts = storage.artifacts else {
      return fail(.refused(storage.complaint ?? "no object store is configured"))
    }
    do {
      let (artifact, link) = try await LinkSigner(store: store, artifacts: artifacts, who: who)
        .sign(slug, lifetime: lifetime)
      inbox.post { now in
        .signed(
          Dashboard.SignedLink(
            slug: slug, version: artifact.version, size: artifact.size, url: link.url, signedAt: now,
            expiresAt: now.advanced(by: lifetime)), at: now)
      }
    } catch {
      fail(.failed(CommandFailure(explaining: error)?.message ?? "unexpected: \(error)"))
    }
  }

  private func copy(_ text: CopyText, label: String) async {
    let outcome =
      switch text {
      case .plain(let text): await screen.copy(text)
      case .secret(let secret): await screen.copy(secret: secret)
      }
    let route: CopyRoute =
      switch outcome {
      case .tmuxBuffer: .tmuxBuffer
      case .osc52: .terminal
      case .file(let path): .file(path: path)
      case .refused(let reason): .failed(reason: reason)
      }
    inbox.post { .copied(route, label: label, at: $0) }
  }
}
