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
    guard let binding = Bindings.binding(for: key, in: mode, of: view) else {
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
    case .move(let motion): view.content.move(motion, in: &self)
    case .scroll(let motion):
      if helpScroll != nil { scrollHelp(motion) } else { view.content.scrollDetail(motion, in: &self) }
    case .stepBack: view.content.stepBack(in: &self)
    case .sort:
      let key = view.content.sortByNext(in: &self)
      tell(.information, "sorted by \(key)", at: at)
    case .editFilter: filterEdit = view.content.extent(of: self).filter
    case .keepFilter: filterEdit = nil
    case .clearFilter: clearFilter()
    case .eraseCharacter: editFilter { _ = $0.popLast() }
    case .eraseWord: editFilter(Self.dropLastWord)
    case .forceInstead: question?.isForced = true
    case .answerYes: return answerYes(at: at)
    case .answerNo: question = nil
    case .bundle(let action): return perform(action, at: at)
    case .revealLink: if link?.isExpired(at: at) == false { link?.isRevealed.toggle() }
    case .copyLink: return copyLink(at: at)
    case .closeLink: link = nil
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

  // MARK: Mouse

  private mutating func handle(_ event: MouseEvent) {
    if let scroll = helpScroll {
      helpScroll = max(0, scroll + (event.wheelLines ?? 0))
    } else if [.table, .detail, .filter].contains(mode) {
      view.content.pointed(event, in: &self)
    }
  }

  // MARK: Filter

  private mutating func type(_ text: String) {
    editFilter { $0 = String(($0 + UntrustedText.line(text)).prefix(200)) }
  }

  private mutating func editFilter(_ change: (inout String) -> Void) {
    guard var edit = filterEdit else { return }
    change(&edit)
    filterEdit = edit
    view.content.filter(edit, in: &self)
  }

  private mutating func clearFilter() {
    filterEdit = nil
    view.content.filter("", in: &self)
  }

  private static func dropLastWord(_ text: inout String) {
    while text.last?.isWhitespace == true { text.removeLast() }
    while let last = text.last, !last.isWhitespace { text.removeLast() }
  }
}

extension MouseEvent {
  /// How many lines the wheel scrolls down; nil for anything else than the wheel.
  var wheelLines: Int? {
    switch kind {
    case .wheelUp: -3
    case .wheelDown: 3
    case .press, .release, .drag: nil
    }
  }
}
