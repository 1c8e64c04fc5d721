/// Columns and rows.
package struct Size: Hashable, Sendable {
  /// Columns.
  package var columns: Int
  /// Rows.
  package var rows: Int
  /// A size as it is.
  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}

/// One key press.
package struct Key: Hashable, Sendable {
  /// Which key.
  package enum Code: Hashable, Sendable {
    case character(Character)
    case enter, escape, tab, backTab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    case function(Int)
  }

  /// Keys held meanwhile, as far as terminals tell.
  package struct Modifiers: OptionSet, Hashable, Sendable {
    /// One bit a key.
    package let rawValue: UInt8
    /// The keys of these bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Ctrl.
    package static let control = Modifiers(rawValue: 1)
    /// Alt, or Escape just before.
    package static let alt = Modifiers(rawValue: 2)
  }

  /// The key.
  package var code: Code
  /// The keys held meanwhile.
  package var modifiers: Modifiers

  /// A key by its code.
  package init(_ code: Code, _ modifiers: Modifiers = []) {
    self.code = code
    self.modifiers = modifiers
  }

  /// A plain character key, case included: `Key("r")`.
  package init(_ character: Character, _ modifiers: Modifiers = []) { self.init(.character(character), modifiers) }
}

/// One mouse report; row and column count from 0.
package struct MouseEvent: Hashable, Sendable {
  /// What the mouse did.
  package enum Kind: Hashable, Sendable { case press, release, drag, wheelUp, wheelDown }
  /// What it did.
  package var kind: Kind
  /// From the top.
  package var row: Int
  /// From the left.
  package var column: Int
  /// A report as it is.
  package init(kind: Kind, row: Int, column: Int) {
    self.kind = kind
    self.row = row
    self.column = column
  }
}

/// What a person or the system did to the terminal.
package enum TerminalEvent: Hashable, Sendable {
  case key(Key)
  case mouse(MouseEvent)
  case paste(String)
  case focus(Bool)
  case resize(Size)
  /// The program came back from Ctrl-Z: everything must be painted again.
  case resumed
  /// SIGTERM, SIGINT or SIGHUP, or the terminal went away: leave at once.
  case terminated(signal: Int32)
}
