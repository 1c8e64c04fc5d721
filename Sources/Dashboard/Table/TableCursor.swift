/// Where the person is in a table: held by key, never by row number.
struct TableCursor<Key: Hashable & Sendable>: Equatable, Sendable {
  /// The row that the person chose; may be hidden by a filter for a while.
  private var chosen: Key?
  /// The row that is shown as selected.
  private(set) var shown: Key?
  /// Where `shown` stood when last looked.
  private(set) var position = 0
  /// The position of the first row on the screen.
  private(set) var top = 0
  /// Rows on the screen, as last reckoned; never less than one.
  private(set) var page = 1
  /// False until the person does anything with a row: till then the cursor rests on the uppermost row.
  private var isTouched = false

  /// Moves to a row because the person said so.
  mutating func choose<Rows: TableRows>(_ position: Int, in table: Rows) where Rows.Key == Key {
    isTouched = true
    guard table.visibleCount > 0 else { return }
    self.position = min(max(0, position), table.visibleCount - 1)
    shown = table.key(at: self.position)
    chosen = shown
    reveal(count: table.visibleCount)
  }

  /// Who acts on a row has chosen it: from now on the cursor stays with it.
  mutating func chooseShown<Rows: TableRows>(in table: Rows) where Rows.Key == Key { choose(position, in: table) }

  /// Finds the row again after the table or the screen changed, and keeps it on the same line of the screen.
  ///
  /// - Parameter page: rows on the screen; nil while the table is not on it, and the last page counts.
  mutating func settle<Rows: TableRows>(in table: Rows, page: Int?) where Rows.Key == Key {
    if let page { self.page = max(1, page) }
    let count = table.visibleCount
    guard count > 0 else {
      shown = nil
      if let key = chosen, !table.contains(key) { chosen = nil }
      position = 0
      top = 0
      return
    }
    let line = position - top
    position = isTouched ? found(in: table) ?? min(position, count - 1) : 0
    shown = table.key(at: position)
    if let key = chosen, !table.contains(key) { chosen = shown }
    top = isTouched ? position - line : 0
    reveal(count: count)
  }

  /// Scrolls without choosing; the cursor follows only when it would leave the screen.
  mutating func scroll<Rows: TableRows>(by lines: Int, in table: Rows) where Rows.Key == Key {
    guard table.visibleCount > 0 else { return }
    top = min(max(0, top + lines), max(0, table.visibleCount - page))
    let inside = min(max(position, top), top + page - 1)
    if inside != position || !isTouched { choose(inside, in: table) }
  }

  /// The first row to draw on a screen of this height, the cursor in sight.
  func firstRow(count: Int, height: Int) -> Int {
    let lowest = max(0, count - max(1, height))
    let wanted = min(max(0, top), lowest)
    return min(max(wanted, position - max(1, height) + 1), max(0, position))
  }

  private mutating func reveal(count: Int) { top = firstRow(count: count, height: page) }

  private func found<Rows: TableRows>(in table: Rows) -> Int? where Rows.Key == Key {
    if let chosen, let position = table.position(of: chosen) { return position }
    return shown.flatMap { table.position(of: $0) }
  }
}
