internal import Terminal

/// The one declaration of all keys.
enum Bindings {
  /// What the keys mean in a mode.
  static func of(_ mode: Mode) -> [Binding] {
    switch mode {
    case .table: table
    case .detail: detail
    case .filter: filter
    case .question: question
    case .link: link
    case .help: help
    }
  }

  /// The meaning of a key in a mode; nil when it has none.
  static func binding(for key: Key, in mode: Mode) -> Binding? {
    of(mode).first { $0.keys.contains(key) } ?? always.first { $0.keys.contains(key) }
  }

  /// What help lists, by heading.
  static let chapters: [(title: String, bindings: [Binding])] = [
    ("Bundles", moving + actions + looking), ("Detail", scrolling), ("Filter", filter), ("Question", question),
    ("Link", link), ("Everywhere", always),
  ]

  private static let table = actions + looking + moving
  private static let detail = actions + looking + scrolling

  private static let moving: [Binding] = [
    Binding(Key(.up), Key("k"), action: .move(.up), title: "up", description: "one row up"),
    Binding(Key(.down), Key("j"), action: .move(.down), title: "down", description: "one row down"),
    Binding(Key(.pageUp), Key("b", .control), action: .move(.pageUp), title: "page up", description: "a page up"),
    Binding(
      Key(.pageDown), Key("f", .control), action: .move(.pageDown), title: "page down", description: "a page down"),
    Binding(Key(.home), action: .move(.first), title: "first", description: "the first row"),
    Binding(Key(.end), Key("G"), action: .move(.last), title: "last", description: "the last row"),
    Binding(
      Key(.escape), action: .closeDetail, title: "close", description: "close the detail, then clear the filter"),
  ]

  private static let scrolling: [Binding] = [
    Binding(Key(.up), Key("k"), action: .scroll(.up), title: "up", description: "one line up"),
    Binding(Key(.down), Key("j"), action: .scroll(.down), title: "down", description: "one line down"),
    Binding(
      Key(.pageUp), Key("b", .control), action: .scroll(.pageUp), title: "page up", description: "a page up"),
    Binding(
      Key(.pageDown), Key("f", .control), Key(" "), action: .scroll(.pageDown), title: "page down",
      description: "a page down"),
    Binding(Key(.home), action: .scroll(.first), title: "first", description: "the first line"),
    Binding(Key(.end), Key("G"), action: .scroll(.last), title: "last", description: "the last line"),
    Binding(Key(.escape), action: .closeDetail, title: "close", description: "back to the table", isInFooter: true),
  ]

  private static let actions: [Binding] = [
    Binding(
      Key("r"), action: .retry, title: "retry", description: "package a failed bundle again, after a question",
      isDangerous: true, isInFooter: true, disabledReason: { $0.reasonAgainstRetry }),
    Binding(
      Key("f"), action: .force, title: "force", description: "rebuild even what the cache has, after a question",
      isDangerous: true, isInFooter: true, disabledReason: { $0.reasonAgainstForce }),
    Binding(
      Key("g"), action: .sign, title: "sign link", description: "a short-lived link to the archive, copied",
      isDangerous: true, isInFooter: true, disabledReason: { $0.reasonAgainstSigning }),
    Binding(
      Key("c"), action: .copyChecksum, title: "copy", description: "copy the archive's SHA-256", isInFooter: true,
      disabledReason: { $0.reasonAgainstCopying }),
  ]

  private static let looking: [Binding] = [
    Binding(
      Key(.enter), Key("d"), action: .toggleDetail, title: "detail",
      description: "stages, attempts, error and archive of the bundle; once more closes", isInFooter: true,
      disabledReason: { $0.selection == nil ? "no bundle is selected" : nil }),
    Binding(
      Key(.tab), action: .switchFocus, title: "focus", description: "arrows scroll the detail beside the table",
      disabledReason: { $0.detail.isOpen ? nil : "no detail is open: Enter opens it" }),
    Binding(
      Key("/"), action: .editFilter, title: "filter",
      description: "words, state:failed,running, pod:NAME, stage:NAME; all must hold", isInFooter: true),
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
