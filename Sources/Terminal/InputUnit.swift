internal import CTerminal

/// What the keyboard delivers, one unit at a time: curses has recognised keys, the rest are scalars.
package enum InputUnit: Hashable, Sendable {
  case scalar(Unicode.Scalar)
  case key(Key.Code)
  /// Digits and semicolons until `M` or `m` follow (xterm's SGR mouse mode, 1006).
  case mousePrefix
  case pasteStart
  case pasteEnd
  case focus(Bool)
  case unknownKey
}

extension InputUnit {
  /// What `terminal_read` gave; nil for a value that is no scalar.
  init?(kind: Int, value: Int) {
    guard kind == TERMINAL_KEY else {
      guard let scalar = UInt32(exactly: value).flatMap(Unicode.Scalar.init) else { return nil }
      self = .scalar(scalar)
      return
    }
    switch value {
    case TERMINAL_KEY_ENTER: self = .key(.enter)
    case TERMINAL_KEY_BACK_TAB: self = .key(.backTab)
    case TERMINAL_KEY_BACKSPACE: self = .key(.backspace)
    case TERMINAL_KEY_DELETE: self = .key(.delete)
    case TERMINAL_KEY_INSERT: self = .key(.insert)
    case TERMINAL_KEY_UP: self = .key(.up)
    case TERMINAL_KEY_DOWN: self = .key(.down)
    case TERMINAL_KEY_LEFT: self = .key(.left)
    case TERMINAL_KEY_RIGHT: self = .key(.right)
    case TERMINAL_KEY_HOME: self = .key(.home)
    case TERMINAL_KEY_END: self = .key(.end)
    case TERMINAL_KEY_PAGE_UP: self = .key(.pageUp)
    case TERMINAL_KEY_PAGE_DOWN: self = .key(.pageDown)
    case TERMINAL_KEY_MOUSE: self = .mousePrefix
    case TERMINAL_KEY_PASTE_START: self = .pasteStart
    case TERMINAL_KEY_PASTE_END: self = .pasteEnd
    case TERMINAL_KEY_FOCUS_IN: self = .focus(true)
    case TERMINAL_KEY_FOCUS_OUT: self = .focus(false)
    case (TERMINAL_KEY_FUNCTION + 1)...(TERMINAL_KEY_FUNCTION + 48):
      self = .key(.function(value - TERMINAL_KEY_FUNCTION))
    default: self = .unknownKey
    }
  }
}
