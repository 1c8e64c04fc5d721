/// A colour as the terminal knows it. `terminal` is the user's own foreground or background.
package enum Color: Hashable, Sendable {
  case terminal
  /// One of the 16 colours of the user's palette.
  case ansi(UInt8)
  /// One of the 256 colours of xterm.
  case indexed(UInt8)
}

/// How a cell is drawn.
package struct Style: Hashable, Sendable {
  /// Attributes that every terminal can show or ignore.
  package struct Attributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let bold = Attributes(rawValue: 1)
    package static let dim = Attributes(rawValue: 2)
    package static let reverse = Attributes(rawValue: 4)
    package static let underline = Attributes(rawValue: 8)
  }

  package var foreground: Color
  package var background: Color
  package var attributes: Attributes

  package init(foreground: Color = .terminal, background: Color = .terminal, attributes: Attributes = []) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  package static let plain = Style()
}
