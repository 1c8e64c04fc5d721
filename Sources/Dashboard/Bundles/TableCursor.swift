internal import BundleModel

/// Where the person is in the table: held by slug, never by row number.
struct TableCursor: Equatable, Sendable {
  /// The slug that the person chose; may be hidden by a filter for a while.
  var chosen: Slug?
  /// The slug of the row that is shown as selected.
  var shown: Slug?
  /// Where `shown` stood when last looked.
  var position = 0
  /// The position of the first row on the screen.
  var top = 0
  /// False until the person does anything with a row: till then the cursor rests on the uppermost row.
  var isTouched = false

  /// Moves to a row because the person said so.
  mutating func choose(_ position: Int, in table: BundleTable, height: Int) {
    isTouched = true
    guard table.visibleCount > 0 else { return }
    self.position = min(max(0, position), table.visibleCount - 1)
    shown = table.row(at: self.position).slug
    chosen = shown
    reveal(count: table.visibleCount, height: height)
  }

  /// Finds the row again after the table changed, and keeps it on the same line of the screen.
  mutating func settle(in table: BundleTable, height: Int) {
    let count = table.visibleCount
    guard count > 0 else {
      shown = nil
      if let slug = chosen, table.row(of: slug) == nil { chosen = nil }
      position = 0
      top = 0
      return
    }
    let line = position - top
    position = isTouched ? found(in: table) ?? min(position, count - 1) : 0
    shown = table.row(at: position).slug
    if let slug = chosen, table.row(of: slug) == nil { chosen = shown }
    top = isTouched ? position - line : 0
    reveal(count: count, height: height)
  }

  /// Scrolls without choosing; the cursor follows only when it would leave the screen.
  mutating func scroll(by lines: Int, in table: BundleTable, height: Int) {
    guard table.visibleCount > 0 else { return }
    top = min(max(0, top + lines), max(0, table.visibleCount - height))
    let inside = min(max(position, top), top + max(1, height) - 1)
    if inside != position || !isTouched { choose(inside, in: table, height: height) }
  }

  /// The first row to draw on a screen of this height, the cursor in sight.
  func firstRow(count: Int, height: Int) -> Int {
    let lowest = max(0, count - max(1, height))
    let wanted = min(max(0, top), lowest)
    return min(max(wanted, position - max(1, height) + 1), max(0, position))
  }

  private mutating func reveal(count: Int, height: Int) {
    top = firstRow(count: count, height: height)
  }

  private func found(in table: BundleTable) -> Int? {
    if let slug = chosen, let position = table.position(of: slug) { return position }
    return shown.flatMap { table.position(of: $0) }
  }
}
