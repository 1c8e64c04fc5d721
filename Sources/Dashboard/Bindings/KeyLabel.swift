internal import Terminal

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
