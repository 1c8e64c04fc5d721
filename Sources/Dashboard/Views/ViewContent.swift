internal import Terminal

/// What one view of the dashboard brings. All else is common to every view: header, banner, footer, the line of the
/// filter, help, questions and links.
///
/// A view keeps nothing itself: what it knows and where the person is in it stands in `DashboardState`.
protocol ViewContent: Sendable {
  // MARK: Keys

  /// What keys mean in the table.
  var tableBindings: [Binding] { get }
  /// What they mean in the detail.
  var detailBindings: [Binding] { get }
  /// What help lists of them.
  var chapters: [Bindings.Chapter] { get }
  /// Whether keys go to the detail and not to the table.
  func givesKeysToDetail(_ state: DashboardState) -> Bool

  // MARK: Picture

  /// Draws into the body of the screen.
  func draw(_ state: DashboardState, on canvas: inout Canvas, _ screen: ScreenLayout)
  /// What header and filter line say of it.
  func extent(of state: DashboardState) -> ViewExtent

  // MARK: Moving

  /// Brings cursor and scrolling into what the screen can show now; called after every event.
  func settle(_ state: inout DashboardState, on screen: ScreenLayout)
  func move(_ motion: Motion, in state: inout DashboardState)
  func scrollDetail(_ motion: Motion, in state: inout DashboardState)
  /// A click or the wheel, somewhere on the screen and with nothing over the view.
  func pointed(_ event: MouseEvent, in state: inout DashboardState)
  /// Esc: closes one thing at a time.
  func stepBack(in state: inout DashboardState)

  // MARK: Arranging

  /// Shows only what passes a filter, written in the view's own language.
  func filter(_ text: String, in state: inout DashboardState)
  /// Sorts by the next key; returns its name.
  func sortByNext(in state: inout DashboardState) -> String
}

/// How much there is in a view, and how much of it is shown.
struct ViewExtent: Equatable, Sendable {
  /// False until it was read for the first time.
  var isKnown: Bool
  var total: Int
  /// How many pass the filter.
  var visible: Int
  /// The filter as typed.
  var filter: String
  /// The filter holds something back, or would.
  var isFiltered: Bool
  /// What one of them is called; several get an s.
  var noun: String
}
