internal import Terminal

/// Which rows and columns belong to what, reckoned the same way for drawing, scrolling and the mouse.
///
/// From the outside in: what a person must see survives the smallest screen. A question or a filter being typed
/// takes the last row even when there is only one.
struct ScreenLayout: Sendable {
  let size: Size
  let header: Range<Int>
  let banner: Int?
  let tableHead: Int?
  /// The rows of the table; empty while help or the detail fills the screen.
  let list: Range<Int>
  let listColumns: Int
  /// The detail: rows and columns; nil while closed.
  let pane: (rows: Range<Int>, columns: Range<Int>)?
  let help: Range<Int>?
  let link: Range<Int>
  let footer: Int?

  /// From this width on the detail stands beside the table.
  static let besideColumns = 110

  static func hasRoomBeside(_ size: Size) -> Bool { size.columns >= besideColumns }

  init(_ state: DashboardState, size: Size) {
    self.size = size
    let rows = max(0, size.rows)
    let isAsking = [.question, .filter].contains(state.mode)
    let hasFooter = rows >= 3 || (isAsking && rows >= 1)
    footer = hasFooter ? rows - 1 : nil
    var bottom = hasFooter ? rows - 1 : rows
    var top = 0
    let headerRows = rows >= 10 ? 2 : rows >= 2 ? 1 : 0
    header = 0..<min(headerRows, bottom)
    top = header.upperBound
    let linkRows = state.link.map { LinkLines.count($0, columns: size.columns) } ?? 0
    let linkTop = max(top, bottom - linkRows)
    link = linkTop..<bottom
    bottom = linkTop
    let hasBanner = rows >= 6 && bottom - top >= 2 && state.banner != nil
    banner = hasBanner ? top : nil
    if hasBanner { top += 1 }
    let body = top..<max(top, bottom)
    let helpIsOpen = state.helpScroll != nil
    help = helpIsOpen ? body : nil
    let isBeside = state.detail.isOpen && Self.hasRoomBeside(size)
    if helpIsOpen || (state.detail.isOpen && !isBeside) {
      tableHead = nil
      list = body.lowerBound..<body.lowerBound
      listColumns = 0
      pane = helpIsOpen ? nil : (body, 0..<max(0, size.columns))
      return
    }
    let hasHead = rows >= 7 && body.count >= 2
    tableHead = hasHead ? body.lowerBound : nil
    list = (hasHead ? body.lowerBound + 1 : body.lowerBound)..<body.upperBound
    let paneColumns = isBeside ? min(max(46, size.columns * 2 / 5), 90) : 0
    listColumns = max(0, size.columns - paneColumns)
    pane = isBeside ? (body, listColumns..<size.columns) : nil
  }

  /// Rows that a page of the table has, never less than one.
  var page: Int { max(1, list.count) }
}
