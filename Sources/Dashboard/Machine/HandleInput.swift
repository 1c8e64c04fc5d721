internal import BundleModel
internal import Terminal

/// Keys, mouse and paste.
extension DashboardState {
  mutating func handle(_ input: TerminalEvent, at: Timestamp) -> [DashboardEffect] {
    switch input {
    case .key(let key): return pressed(key, at: at)
    case .mouse(let event):
      handle(event)
      return []
    case .paste(let text):
      // Pasted keys are nobody's decision: they go where text is typed and nowhere else.
      if filterEdit != nil { type(UntrustedText.line(text, limit: 200)) }
      return []
    case .focus: return []
    case .resize(let size):
      self.size = size
      return []
    case .resumed: return [.repaint]
    case .terminated(let signal): return [.quit(exitCode: 128 + signal)]
    }
  }

  private mutating func pressed(_ key: Key, at: Timestamp) -> [DashboardEffect] {
    guard let binding = Bindings.binding(for: key, in: mode) else {
      if filterEdit != nil, mode == .filter, case .character(let character) = key.code, key.modifiers.isEmpty {
        type(String(character))
      }
      return []
    }
    if let reason = binding.disabledReason(self) {
      tell(.refusal, reason, at: at)
      return []
    }
    return perform(binding.action, at: at)
  }

  private mutating func perform(_ action: Action, at: Timestamp) -> [DashboardEffect] {
    switch action {
    case .move(let motion): move(motion)
    case .scroll(let motion): scroll(motion)
    case .toggleDetail: toggleDetail()
    case .switchFocus: detail.hasFocus.toggle()
    case .closeDetail: stepBack()
    case .editFilter: filterEdit = FilterEdit(text: bundles.filter.text)
    case .keepFilter: filterEdit = nil
    case .clearFilter: clearFilter()
    case .eraseCharacter: erase { _ = $0.popLast() }
    case .eraseWord: erase(Self.dropLastWord)
    case .retry: ask(isForced: false)
    case .force: ask(isForced: true)
    case .forceInstead: question?.isForced = true
    case .answerYes: return answerYes(at: at)
    case .answerNo: question = nil
    case .sign: return askForLink(at: at)
    case .copyChecksum: return copyChecksum()
    case .revealLink: if link?.isExpired(at: at) == false { link?.isRevealed.toggle() }
    case .copyLink: return copyLink(at: at)
    case .closeLink: link = nil
    case .sort:
      bundles.sort(by: bundles.sortKey.next)
      tell(.information, "sorted by \(bundles.sortKey.title)", at: at)
    case .switchZone:
      zone = zone == .utc ? .local : .utc
      tell(.information, zone == .utc ? "times in UTC" : "times in local time", at: at)
    case .help: helpScroll = 0
    case .closeHelp: helpScroll = nil
    case .repaint: return [.repaint]
    case .suspend: return [.suspend]
    case .quit: return [.quit(exitCode: 0)]
    case .interrupt: return [.quit(exitCode: 130)]
    }
    return []
  }

  // MARK: Moving

  private mutating func move(_ motion: Motion) {
    let target = motion.target(from: cursor.position, count: bundles.visibleCount, page: page)
    choose(target)
  }

  private mutating func choose(_ position: Int) {
    let before = cursor.shown
    cursor.choose(position, in: bundles, height: page)
    if cursor.shown != before { detail.scroll = 0 }
  }

  private mutating func scroll(_ motion: Motion) {
    let layout = ScreenLayout(self, size: size)
    let count = scrollableLines(layout)
    if helpScroll != nil {
      let last = max(0, count - (layout.help?.count ?? 0))
      helpScroll = motion.target(from: min(helpScroll ?? 0, last), count: last + 1, page: layout.help?.count ?? 1)
    } else {
      let height = layout.pane?.rows.count ?? 1
      let last = max(0, count - height)
      detail.scroll = motion.target(from: min(detail.scroll, last), count: last + 1, page: height)
    }
  }

  /// Esc in table or detail: closes one thing at a time.
  private mutating func stepBack() {
    if detail.isOpen { closeDetail() } else if !bundles.filter.isEmpty { bundles.show(.none) }
  }

  // MARK: Mouse

  private mutating func handle(_ event: MouseEvent) {
    let layout = ScreenLayout(self, size: size)
    let isOverPane = layout.pane.map { $0.rows.contains(event.row) && $0.columns.contains(event.column) } ?? false
    switch event.kind {
    case .wheelUp, .wheelDown:
      let lines = event.kind == .wheelUp ? -3 : 3
      if let scroll = helpScroll { helpScroll = max(0, scroll + lines) }
      guard mode == .table || mode == .detail || mode == .filter else { return }
      if isOverPane {
        detail.scroll = max(0, detail.scroll + lines)
      } else if !layout.list.isEmpty {
        cursor.scroll(by: lines, in: bundles, height: page)
      }
    case .press:
      guard mode == .table || mode == .detail || mode == .filter else { return }
      if isOverPane && ScreenLayout.hasRoomBeside(size) { detail.hasFocus = true }
      guard layout.list.contains(event.row), event.column < layout.listColumns else { return }
      detail.hasFocus = false
      let first = cursor.firstRow(count: bundles.visibleCount, height: page)
      let position = first + event.row - layout.list.lowerBound
      if position < bundles.visibleCount { choose(position) }
    case .release, .drag: break
    }
  }

  // MARK: Filter

  private mutating func type(_ text: String) {
    guard var edit = filterEdit else { return }
    edit.text = String((edit.text + UntrustedText.line(text)).prefix(200))
    filterEdit = edit
    bundles.show(BundleFilter(edit.text))
  }

  private mutating func erase(_ change: (inout String) -> Void) {
    guard var edit = filterEdit else { return }
    change(&edit.text)
    filterEdit = edit
    bundles.show(BundleFilter(edit.text))
  }

  private mutating func clearFilter() {
    filterEdit = nil
    bundles.show(.none)
  }

  private static func dropLastWord(_ text: inout String) {
    while text.last?.isWhitespace == true { text.removeLast() }
    while let last = text.last, !last.isWhitespace { text.removeLast() }
  }
}
