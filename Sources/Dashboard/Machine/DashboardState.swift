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
  var cursor = TableCursor<Slug>()
  var detail = DetailPane()
  var zone = TimeZoneChoice.utc

  // What is going on with the person.
  /// The filter while it is typed; nil while it is not.
  var filterEdit: String?
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
    return view.content.givesKeysToDetail(self) ? .detail : .table
  }
}
