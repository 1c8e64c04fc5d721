internal import Terminal

/// One key's meaning in one mode, declared once: dispatch, footer and help read the same words.
struct Binding: Sendable {
  /// Any of these; the first one is shown.
  let keys: [Key]
  let action: Action
  /// One or two words for the footer.
  let title: String
  /// A sentence for help.
  let description: String
  /// Changes the world.
  let isDangerous: Bool
  let isInFooter: Bool
  /// Why it cannot be done now; nil when it can.
  let disabledReason: @Sendable (DashboardState) -> Phrase?

  init(
    _ keys: Key..., action: Action, title: String, description: String, isDangerous: Bool = false,
    isInFooter: Bool = false, disabledReason: @escaping @Sendable (DashboardState) -> Phrase? = { _ in nil }
  ) {
    self.keys = keys
    self.action = action
    self.title = title
    self.description = description
    self.isDangerous = isDangerous
    self.isInFooter = isInFooter
    self.disabledReason = disabledReason
  }
}

extension Key {
  /// The name on the keycap.
  func label(unicode: Bool) -> String {
    let name =
      switch code {
      case .character(" "): "Space"
      case .character(let character):
        modifiers.contains(.control) ? character.uppercased() : String(character)
      case .enter: "Enter"
      case .escape: "Esc"
      case .tab: "Tab"
      case .backTab: "Shift-Tab"
      case .backspace: "Backspace"
      case .delete: "Del"
      case .insert: "Ins"
      case .up: unicode ? "↑" : "Up"
      case .down: unicode ? "↓" : "Down"
      case .left: unicode ? "←" : "Left"
      case .right: unicode ? "→" : "Right"
      case .home: "Home"
      case .end: "End"
      case .pageUp: "PgUp"
      case .pageDown: "PgDn"
      case .function(let number): "F\(number)"
      }
    return (modifiers.contains(.control) ? "Ctrl-" : "") + (modifiers.contains(.alt) ? "Alt-" : "") + name
  }
}
