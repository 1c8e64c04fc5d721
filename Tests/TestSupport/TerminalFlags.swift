/// What programs switch on in a terminal and must switch off again.
package struct TerminalFlags: Equatable, Sendable {
  /// The alternate screen is shown.
  package var alternateScreen: Bool
  /// Some kind of mouse reporting is on.
  package var mouse: Bool
  /// The cursor is visible.
  package var cursor: Bool
  /// Cursor keys or keypad send application sequences.
  package var applicationKeys: Bool

  /// A state put together.
  package init(alternateScreen: Bool, mouse: Bool, cursor: Bool, applicationKeys: Bool) {
    self.alternateScreen = alternateScreen
    self.mouse = mouse
    self.cursor = cursor
    self.applicationKeys = applicationKeys
  }

  /// A terminal as a shell wants it.
  package static let plain = TerminalFlags(
    alternateScreen: false, mouse: false, cursor: true, applicationKeys: false)
}
