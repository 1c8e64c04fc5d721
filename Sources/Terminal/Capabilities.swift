/// What the terminal at hand can show, decided once at start from the environment.
package struct Capabilities: Hashable, Sendable {
  /// How many colours may be used.
  package enum ColorLevel: Int, Comparable, Hashable, Sendable {
    case none, ansi16, indexed256
    /// By the number of colours.
    package static func < (a: ColorLevel, b: ColorLevel) -> Bool { a.rawValue < b.rawValue }
  }

  /// The colours that may be used.
  package var colors: ColorLevel
  /// False: draw with ASCII only.
  package var unicode: Bool

  /// What a terminal shows, as a value.
  package init(colors: ColorLevel, unicode: Bool) {
    self.colors = colors
    self.unicode = unicode
  }

  /// Decides from the environment alone.
  ///
  /// `NO_COLOR` (no-color.org) wins over `CLICOLOR_FORCE`, which wins over `CLICOLOR=0` and over output that is no
  /// terminal (bixense.com/clicolors). `terminfoColors` is what curses can draw with; nil (plain output) makes TERM
  /// and COLORTERM decide. The locale's codeset may be unknown to the C library although its name says UTF-8, as
  /// over ssh to a machine without that locale: the name then counts.
  package static func detect(
    environment: [String: String], isTerminal: Bool, codesetIsUTF8: Bool, terminfoColors: Int? = nil
  ) -> Capabilities {
    Capabilities(
      colors: colorLevel(environment: environment, isTerminal: isTerminal, terminfoColors: terminfoColors),
      unicode: codesetIsUTF8 || localeNamesUTF8(environment))
  }

  private static func colorLevel(
    environment: [String: String], isTerminal: Bool, terminfoColors: Int?
  ) -> ColorLevel {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if value("NO_COLOR") != nil { return .none }
    let isForced = value("CLICOLOR_FORCE").map { $0 != "0" } ?? false
    if !isForced {
      if !isTerminal || value("CLICOLOR") == "0" { return .none }
      if value("TERM") == nil || value("TERM") == "dumb" { return .none }
    }
    if let terminfoColors { return terminfoColors >= 256 ? .indexed256 : terminfoColors >= 8 ? .ansi16 : .none }
    let term = value("TERM") ?? "dumb"
    let manyColors = ["truecolor", "24bit"].contains(value("COLORTERM"))
    if manyColors || term.contains("256color") || term.hasSuffix("-direct") { return .indexed256 }
    return term.hasPrefix("vt") && !isForced ? .none : .ansi16
  }

  private static func localeNamesUTF8(_ environment: [String: String]) -> Bool {
    let name = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let codeset = name.drop { $0 != "." }.dropFirst().prefix { $0 != "@" }.lowercased()
    return codeset == "utf-8" || codeset == "utf8"
  }
}
