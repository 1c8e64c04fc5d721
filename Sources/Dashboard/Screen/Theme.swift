internal import BundleModel
internal import Terminal

/// What a piece of text is, for its looks. Colours are the sixteen of the person's own palette, so that light and
/// dark both work; every meaning is also in a glyph or a word.
enum Role: Hashable, Sendable {
  case plain, dim, strong, heading, warning, trouble
  case state(BundleState)
  case key

  /// The style of this role where so many colours may be used.
  func style(_ colors: Capabilities.ColorLevel) -> Style {
    var style = Style.plain
    switch self {
    case .plain: break
    case .dim, .state(.queued): style.attributes = .dim
    case .strong, .key: style.attributes = .bold
    case .heading: style.attributes = .underline
    case .warning:
      style.attributes = .bold
      style.foreground = .ansi(3)
    case .trouble, .state(.failed):
      style.attributes = .bold
      style.foreground = .ansi(1)
    case .state(.running): style.foreground = .ansi(6)
    case .state(.completed): style.foreground = .ansi(2)
    }
    if colors == .none { style.foreground = .terminal }
    return style
  }
}

extension BundleState {
  /// The sign that stands for a state beside its word.
  func glyph(_ glyphs: Glyphs) -> Character {
    switch self {
    case .failed: glyphs.failure
    case .running: glyphs.pointer
    case .queued: glyphs.queued
    case .completed: glyphs.active
    }
  }
}
