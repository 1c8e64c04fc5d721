internal import Terminal

/// The one declaration of all keys: those of every view here, those of one view beside it.
enum Bindings {
  /// A part of the help page.
  typealias Chapter = (title: String, bindings: [Binding])

  /// What the keys mean in a mode.
  static func of(_ mode: Mode, in view: DashboardView) -> [Binding] {
    switch mode {
    case .table: view.content.tableBindings
    case .detail: view.content.detailBindings
    case .filter: filter
    case .question: question
    case .link: link
    case .help: help
    }
  }

  /// The meaning of a key in a mode; nil when it has none.
  static func binding(for key: Key, in mode: Mode, of view: DashboardView) -> Binding? {
    of(mode, in: view).first { $0.keys.contains(key) } ?? always.first { $0.keys.contains(key) }
  }

  /// What help lists, by heading.
  static func chapters(of view: DashboardView) -> [Chapter] {
    view.content.chapters + [("Filter", filter), ("Question", question), ("Link", link), ("Everywhere", always)]
  }

  /// Through a table.
  static let moving: [Binding] = [
    Binding(Key(.up), Key("k"), action: .move(.up), title: "up", description: "one row up"),
    Binding(Key(.down), Key("j"), action: .move(.down), title: "down", description: "one row down"),
    Binding(Key(.pageUp), Key("b", .control), action: .move(.pageUp), title: "page up", description: "a page up"),
    Binding(
      Key(.pageDown), Key("f", .control), action: .move(.pageDown), title: "page down", description: "a page down"),
    Binding(Key(.home), action: .move(.first), title: "first", description: "the first row"),
    Binding(Key(.end), Key("G"), action: .move(.last), title: "last", description: "the last row"),
    Binding(
      Key(.escape), action: .stepBack, title: "close", description: "close the detail, then clear the filter"),
  ]

  /// Through a detail.
  static let scrolling: [Binding] = [
    Binding(Key(.up), Key("k"), action: .scroll(.up), title: "up", description: "one line up"),
    Binding(Key(.down), Key("j"), action: .scroll(.down), title: "down", description: "one line down"),
    Binding(
      Key(.pageUp), Key("b", .control), action: .scroll(.pageUp), title: "page up", description: "a page up"),
    Binding(
      Key(.pageDown), Key("f", .control), Key(" "), action: .scroll(.pageDown), title: "page down",
      description: "a page down"),
    Binding(Key(.home), action: .scroll(.first), title: "first", description: "the first line"),
    Binding(Key(.end), Key("G"), action: .scroll(.last), title: "last", description: "the last line"),
    Binding(Key(.escape), action: .stepBack, title: "close", description: "back to the table", isInFooter: true),
  ]

  /// What every view offers behind its own keys.
  static let looking: [Binding] = [
    Binding(Key("s"), action: .sort, title: "sort", description: "sort by the next key", isInFooter: true),
    Binding(Key("t"), action: .switchZone, title: "time zone", description: "times in UTC or local"),
    Binding(Key("?"), Key(.function(1)), action: .help, title: "help", description: "this page", isInFooter: true),
    Binding(Key("q"), action: .quit, title: "quit", description: "leave", isInFooter: true),
  ]

  private static let filter: [Binding] = [
    Binding(Key(.enter), action: .keepFilter, title: "keep", description: "keep the filter", isInFooter: true),
    Binding(Key(.escape), action: .clearFilter, title: "clear", description: "show all again", isInFooter: true),
    Binding(
      Key(.backspace), Key(.delete), action: .eraseCharacter, title: "erase", description: "erase a character"),
    Binding(Key("w", .control), action: .eraseWord, title: "erase word", description: "erase a word"),
    Binding(Key(.up), action: .move(.up), title: "up", description: "one row up"),
    Binding(Key(.down), action: .move(.down), title: "down", description: "one row down"),
  ]

  private static let question: [Binding] = [
    Binding(
      Key("y"), Key("Y"), action: .answerYes, title: "yes", description: "do it", isDangerous: true,
      isInFooter: true, disabledReason: { $0.reasonAgainstAnswer }),
    Binding(
      Key("n"), Key("N"), Key(.escape), Key("q"), action: .answerNo, title: "no", description: "leave it",
      isInFooter: true),
    Binding(
      Key("f"), action: .forceInstead, title: "force a rebuild", description: "ask for a rebuild instead",
      isInFooter: true,
      disabledReason: { $0.question?.isForced == true ? "the question is about a rebuild already" : nil }),
  ]

  private static let link: [Binding] = [
    Binding(
      Key("s"), action: .revealLink, title: "show", description: "show the link with its signature, or hide it",
      isInFooter: true),
    Binding(Key("c"), action: .copyLink, title: "copy again", description: "copy the link again", isInFooter: true),
    Binding(
      Key(.escape), Key("q"), action: .closeLink, title: "close", description: "forget the link", isInFooter: true),
  ]

  private static let help: [Binding] = [
    Binding(Key(.up), Key("k"), action: .scroll(.up), title: "up", description: "one line up"),
    Binding(Key(.down), Key("j"), action: .scroll(.down), title: "down", description: "one line down"),
    Binding(Key(.pageUp), action: .scroll(.pageUp), title: "page up", description: "a page up"),
    Binding(Key(.pageDown), Key(" "), action: .scroll(.pageDown), title: "page down", description: "a page down"),
    Binding(Key(.home), action: .scroll(.first), title: "first", description: "the first line"),
    Binding(Key(.end), Key("G"), action: .scroll(.last), title: "last", description: "the last line"),
    Binding(
      Key(.escape), Key("?"), Key("q"), Key(.enter), action: .closeHelp, title: "close",
      description: "close this page", isInFooter: true),
  ]

  private static let always: [Binding] = [
    Binding(Key("c", .control), action: .interrupt, title: "leave", description: "leave at once"),
    Binding(Key("l", .control), action: .repaint, title: "repaint", description: "paint the screen again"),
    Binding(Key("z", .control), action: .suspend, title: "suspend", description: "stop; fg brings it back"),
  ]
}
