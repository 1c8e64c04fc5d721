package import BundleModel
package import Terminal

/// Everything that the dashboard knows and shows: a value, changed only by `handle` and drawn by `present`.
///
/// No clock, no input or output, no terminal: what happened comes in as events with their times, what shall be done
/// goes out as effects.
package struct DashboardState: Sendable {
  package let configuration: DashboardConfiguration
  /// As the last resize said; what scrolling and the mouse are reckoned with.
  package internal(set) var size: Size

  // What is known.
  var bundles = BundleTable()
  /// False until the first resync: a skeleton is shown.
  var hasBundles = false
  var pods: [Pod]?
  var pauses: [Pause] = []
  var unoffered: [Slug] = []
  var connection = ConnectionState.connecting
  var storage = StorageState.unknown

  // What is looked at.
  var view = DashboardView.bundles
  var cursor = TableCursor()
  /// Rows of the table on the screen, as last reckoned.
  var page = 1
  var detail = DetailPane()
  var zone = TimeZoneChoice.utc

  // What is going on with the person.
  var filterEdit: FilterEdit?
  var question: Question?
  var link: LinkOverlay?
  /// Lines scrolled; nil while help is closed.
  var helpScroll: Int?
  var notice: Notice?
  /// Actions asked for and not answered yet.
  var pending: [Slug: ActionResult.Kind] = [:]

  package init(configuration: DashboardConfiguration, size: Size) {
    self.configuration = configuration
    self.size = size
  }

  /// The slug under the cursor; nil when no row is shown.
  package var selection: Slug? { cursor.shown }

  /// Who gets the keys.
  var mode: Mode {
    if helpScroll != nil { return .help }
    if link != nil { return .link }
    if question != nil { return .question }
    if filterEdit != nil { return .filter }
    if detail.isOpen && (detail.hasFocus || !ScreenLayout.hasRoomBeside(size)) { return .detail }
    return .table
  }
}

/// Who gets the keys: each has its own bindings.
enum Mode: CaseIterable, Sendable {
  case table, detail, filter, question, link, help
}

/// The filter line while it is typed.
struct FilterEdit: Equatable, Sendable {
  var text: String
}

/// A question that waits for yes or no, bound to what the person saw when asking.
struct Question: Equatable, Sendable {
  var slug: Slug
  var seen: SeenState
  var isForced: Bool
}

/// The outcome of the last action, in the footer for a while.
struct Notice: Equatable, Sendable {
  enum Kind: Equatable, Sendable { case information, refusal, failure }
  var kind: Kind
  var phrase: Phrase
  var until: Timestamp
}

/// A signed link on the screen.
struct LinkOverlay: Sendable {
  var link: SignedLink
  var isRevealed = false
  /// What became of the last copy; nil while it is under way.
  var copied: Phrase?

  /// The link serves no more: nothing is left to show.
  func isExpired(at now: Timestamp) -> Bool { now >= link.expiresAt }
}

/// The detail pane and what was read for it.
struct DetailPane: Sendable {
  var isOpen = false
  /// Keys go to the pane beside the table.
  var hasFocus = false
  var scroll = 0
  var content: BundleDetail?
  var failure: (slug: Slug, reason: String)?
  /// Asked for and not answered yet.
  var inFlight: Slug?
  /// The row changed since the content was asked for.
  var isStale = false
}
