internal import BundleModel

/// What a person asks for about one bundle: to see more of it, to change the world, to be handed something.
extension DashboardState {
  mutating func perform(_ action: BundleAction, at: Timestamp) -> [DashboardEffect] {
    switch action {
    case .toggleDetail: toggleDetail()
    case .switchFocus: detail.hasFocus.toggle()
    case .retry: ask(isForced: false)
    case .force: ask(isForced: true)
    case .sign: return askForLink(at: at)
    case .copyChecksum: return copyChecksum()
    }
    return []
  }

  /// Puts the question; what is on the screen now is what the answer will be about.
  private mutating func ask(isForced: Bool) {
    guard let slug = cursor.shown, let row = bundles.row(of: slug) else { return }
    cursor.chooseShown(in: bundles)
    question = Question(slug: slug, seen: row.seen, isForced: isForced)
  }

  mutating func answerYes(at: Timestamp) -> [DashboardEffect] {
    guard let asked = question else { return [] }
    question = nil
    pending[asked.slug] = asked.isForced ? .force : .retry
    tell(.information, asked.isForced ? "\(asked.slug): asking for a rebuild" : "\(asked.slug): retrying", at: at)
    return [.retry(asked.slug, seen: asked.seen, force: asked.isForced)]
  }

  private mutating func askForLink(at: Timestamp) -> [DashboardEffect] {
    guard let slug = cursor.shown else { return [] }
    cursor.chooseShown(in: bundles)
    pending[slug] = .sign
    tell(.information, "\(slug): signing a link", at: at)
    return [.sign(slug, lifetime: configuration.linkLifetime)]
  }

  /// Shows the link, masked, and copies it: that is what it was asked for.
  mutating func received(_ link: SignedLink, at: Timestamp) -> [DashboardEffect] {
    pending[link.slug] = nil
    notice = nil
    self.link = LinkOverlay(link: link)
    return [.copy(.secret(link.url), label: Self.linkLabel)]
  }

  mutating func copyLink(at: Timestamp) -> [DashboardEffect] {
    guard let overlay = link, !overlay.isExpired(at: at) else { return [] }
    link?.copied = nil
    return [.copy(.secret(overlay.link.url), label: Self.linkLabel)]
  }

  private mutating func copyChecksum() -> [DashboardEffect] {
    guard let slug = cursor.shown, let checksum = copyableChecksum else { return [] }
    cursor.chooseShown(in: bundles)
    let label = "checksum of \(UntrustedText.line(slug.text, limit: 80))"
    return [.copy(.plain(UntrustedText.line(checksum, limit: 200)), label: label)]
  }

  mutating func copied(_ route: CopyRoute, _ label: String, at: Timestamp) {
    let phrase: Phrase =
      switch route {
      case .tmuxBuffer: "copied to the clipboard (tmux buffer)"
      case .terminal: "copied to the clipboard (through the terminal)"
      case .file(let path): "written to \(path)"
      case .failed(let reason): "not copied: \(reason)"
      }
    if label == Self.linkLabel {
      link?.copied = phrase
      return
    }
    let kind: Notice.Kind = if case .failed = route { .failure } else { .information }
    tell(kind, "\(label): \(phrase: phrase)", at: at)
  }

  /// How a copied link comes back in `copied`.
  private static let linkLabel = "link"
}
