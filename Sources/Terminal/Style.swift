/// How a cell is drawn.
package struct Style: Hashable, Sendable {
  /// Attributes that every terminal can show or ignore.
  package struct Attributes: OptionSet, Hashable, Sendable {
    /// One bit an attribute.
    package let rawValue: UInt8
    /// The attributes of these bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Brighter or heavier.
    package static let bold = Attributes(rawValue: 1)
    /// Fainter.
    package static let dim = Attributes(rawValue: 2)
    /// Foreground and background exchanged.
    package static let reverse = Attributes(rawValue: 4)
    /// A line below.
    package static let underline = Attributes(rawValue: 8)
  }

  /// The colour of the text.
  package var foreground: Color
  /// The colour behind it.
  package var background: Color
  /// What else is done to the text.
  package var attributes: Attributes

  /// The terminal's own colours unless given.
  package init(foreground: Color = .terminal, background: Color = .terminal, attributes: Attributes = []) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// Nothing set: as the terminal writes by itself.
  package static let plain = Style()
}
