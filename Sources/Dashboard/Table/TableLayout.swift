internal import Terminal

/// Where a view's table and detail stand in the body of the screen: side by side where there is room, else the
/// detail in the table's place.
struct TableLayout: Sendable {
  /// A rectangle of the screen.
  struct Pane: Sendable {
    let rows: Range<Int>
    let columns: Range<Int>

    /// The columns for text: beside a table there is a line in front of them.
    var inside: Range<Int> {
      columns.lowerBound > 0 ? min(columns.lowerBound + 2, columns.upperBound)..<columns.upperBound : columns
    }
  }

  let head: Int?
  /// The rows of the table; empty while help or the detail fills the screen.
  let rows: Range<Int>
  /// How many columns the table has.
  let columns: Int
  /// The detail; nil while closed.
  let pane: Pane?

  /// From this width on the detail stands beside the table.
  private static let besideColumns = 110

  static func hasRoomBeside(_ size: Size) -> Bool { size.columns >= besideColumns }

  init(_ screen: ScreenLayout, isDetailOpen: Bool) {
    let body = screen.body
    let isBeside = isDetailOpen && Self.hasRoomBeside(screen.size)
    if screen.help != nil || (isDetailOpen && !isBeside) {
      head = nil
      rows = body.lowerBound..<body.lowerBound
      columns = 0
      pane = screen.help != nil ? nil : Pane(rows: body, columns: 0..<max(0, screen.size.columns))
      return
    }
    let hasHead = screen.size.rows >= 7 && body.count >= 2
    head = hasHead ? body.lowerBound : nil
    rows = (hasHead ? body.lowerBound + 1 : body.lowerBound)..<body.upperBound
    let paneColumns = isBeside ? min(max(46, screen.size.columns * 2 / 5), 90) : 0
    columns = max(0, screen.size.columns - paneColumns)
    pane = isBeside ? Pane(rows: body, columns: columns..<screen.size.columns) : nil
  }
}
