internal import BundleModel
internal import Terminal

/// The Bundles view: a table of all bundles, and the detail of one.
struct BundlesView: ViewContent {
  var tableBindings: [Binding] { Self.table }
  var detailBindings: [Binding] { Self.detail }
  var chapters: [Bindings.Chapter] {
    [(DashboardView.bundles.title, Bindings.moving + Self.actions + Self.looking), ("Detail", Bindings.scrolling)]
  }

  func givesKeysToDetail(_ state: DashboardState) -> Bool {
    state.detail.isOpen && (state.detail.hasFocus || !TableLayout.hasRoomBeside(state.size))
  }

  func draw(_ state: DashboardState, on canvas: inout Canvas, _ screen: ScreenLayout) {
    let layout = layout(state, screen)
    state.drawBundles(&canvas, layout)
    state.drawPane(&canvas, layout)
  }

  func extent(of state: DashboardState) -> ViewExtent {
    ViewExtent(
      isKnown: state.hasBundles, total: state.bundles.total, visible: state.bundles.visibleCount,
      filter: state.bundles.filter.text, isFiltered: !state.bundles.filter.isEmpty, noun: "bundle")
  }

  // MARK: Moving

  func settle(_ state: inout DashboardState, on screen: ScreenLayout) {
    let layout = layout(state, screen)
    state.cursor.settle(in: state.bundles, page: layout.rows.isEmpty ? nil : layout.rows.count)
    guard let pane = layout.pane, state.detail.scroll > 0 else { return }
    state.detail.scroll = min(state.detail.scroll, max(0, state.paneLineCount(pane) - pane.rows.count))
  }

  func move(_ motion: Motion, in state: inout DashboardState) {
    choose(
      motion.target(from: state.cursor.position, count: state.bundles.visibleCount, page: state.cursor.page), &state
    )
  }

  func scrollDetail(_ motion: Motion, in state: inout DashboardState) {
    guard let pane = layout(state, ScreenLayout(state, size: state.size)).pane else { return }
    state.detail.scroll = motion.scroll(
      from: state.detail.scroll, lines: state.paneLineCount(pane), height: pane.rows.count)
  }

  func pointed(_ event: MouseEvent, in state: inout DashboardState) {
    let layout = layout(state, ScreenLayout(state, size: state.size))
    let isOverPane = layout.pane.map { $0.rows.contains(event.row) && $0.columns.contains(event.column) } ?? false
    if let lines = event.wheelLines {
      if isOverPane {
        state.detail.scroll = max(0, state.detail.scroll + lines)
      } else if !layout.rows.isEmpty {
        state.cursor.scroll(by: lines, in: state.bundles)
      }
    } else if event.kind == .press {
      if isOverPane && TableLayout.hasRoomBeside(state.size) { state.detail.hasFocus = true }
      guard layout.rows.contains(event.row), event.column < layout.columns else { return }
      state.detail.hasFocus = false
      let first = state.cursor.firstRow(count: state.bundles.visibleCount, height: state.cursor.page)
      let position = first + event.row - layout.rows.lowerBound
      if position < state.bundles.visibleCount { choose(position, &state) }
    }
  }

  /// Closes the detail, then clears the filter.
  func stepBack(in state: inout DashboardState) {
    if state.detail.isOpen {
      state.closeDetail()
    } else if !state.bundles.filter.isEmpty {
      state.bundles.show(.none)
    }
  }

  private func choose(_ position: Int, _ state: inout DashboardState) {
    let before = state.cursor.shown
    state.cursor.choose(position, in: state.bundles)
    if state.cursor.shown != before { state.detail.scroll = 0 }
  }

  private func layout(_ state: DashboardState, _ screen: ScreenLayout) -> TableLayout {
    TableLayout(screen, isDetailOpen: state.detail.isOpen)
  }

  // MARK: Arranging

  func filter(_ text: String, in state: inout DashboardState) { state.bundles.show(BundleFilter(text)) }

  func sortByNext(in state: inout DashboardState) -> String {
    state.bundles.sort(by: state.bundles.sortKey.next)
    return state.bundles.sortKey.title
  }
}
