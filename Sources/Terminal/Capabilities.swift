/// What the terminal at hand can show, decided once at start from the environment.
package struct Capabilities: Hashable, Sendable {
  /// How many colours may be used.
  package enum ColorLevel: Int, Comparable, Hashable, Sendable {
    case none, ansi16, indexed256
    package static func < (a: ColorLevel, b: ColorLevel) -> Bool { a.rawValue < b.rawValue }
  }

  package var colors: ColorLevel
  /// False: draw with ASCII only.
  package var unicode: Bool

  package init(colors: ColorLevel, unicode: Bool) {
    self.colors = colors
    self.unicode = unicode
  }
}
