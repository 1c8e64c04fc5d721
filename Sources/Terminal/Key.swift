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
