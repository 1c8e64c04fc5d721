/// The program's own signs: one cell wide, in every monospaced font, or ASCII where the terminal has nothing else.
package struct Glyphs: Hashable, Sendable {
  /// A line from left to right.
  package let horizontal: Character
  /// A line from top to bottom.
  package let vertical: Character
  /// Corner of a box.
  package let topLeft: Character
  /// Corner of a box.
  package let topRight: Character
  /// Corner of a box.
  package let bottomLeft: Character
  /// Corner of a box.
  package let bottomRight: Character
  /// More follows.
  package let ellipsis: Character
  /// Done well.
  package let success: Character
  /// Failed.
  package let failure: Character
  /// At work, alive.
  package let active: Character
  /// Not begun.
  package let waiting: Character
  /// Asked for, and nobody is at it yet.
  package let queued: Character
  /// Not the same.
  package let differs: Character
  /// Where one is.
  package let pointer: Character
  /// Just changed.
  package let changed: Character
  /// Between two short texts.
  package let separator: Character
  /// Sorted, smallest first.
  package let sortedUp: Character
  /// Sorted, largest first.
  package let sortedDown: Character
  /// From empty to full.
  package let bars: [Character]
  /// What a progress bar is made of.
  package let filled: Character
  /// What is left of a progress bar.
  package let unfilled: Character

  /// The signs that a terminal can show.
  package init(unicode: Bool) {
    horizontal = unicode ? "─" : "-"
    vertical = unicode ? "│" : "|"
    topLeft = unicode ? "┌" : "+"
    topRight = unicode ? "┐" : "+"
    bottomLeft = unicode ? "└" : "+"
    bottomRight = unicode ? "┘" : "+"
    ellipsis = unicode ? "…" : "~"
    success = unicode ? "✔" : "+"
    failure = unicode ? "✖" : "x"
    active = unicode ? "●" : "*"
    waiting = unicode ? "◐" : "o"
    queued = unicode ? "○" : "o"
    differs = unicode ? "≠" : "!"
    pointer = unicode ? "▸" : ">"
    changed = unicode ? "Δ" : "^"
    separator = unicode ? "·" : "-"
    sortedUp = unicode ? "▲" : "^"
    sortedDown = unicode ? "▼" : "v"
    bars = unicode ? [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] : [" ", "_", ".", "-", "=", "+", "*", "#", "#"]
    filled = unicode ? "█" : "#"
    unfilled = unicode ? "░" : "."
  }
}

extension Capabilities {
  /// The signs for this terminal.
  package var glyphs: Glyphs { Glyphs(unicode: unicode) }
}

extension Frame {
  /// A line from left to right, clipped to the frame.
  package mutating func horizontalLine(
    row: Int, column: Int = 0, columns: Int = Int.max, glyphs: Glyphs, style: Style = .plain
  ) {
    let count = min(columns, size.columns - column)
    guard count > 0 else { return }
    write(String(repeating: glyphs.horizontal, count: count), row: row, column: column, style: style)
  }

  /// A line from top to bottom, clipped to the frame.
  package mutating func verticalLine(row: Int, column: Int, rows: Int, glyphs: Glyphs, style: Style = .plain) {
    for row in max(0, row)..<max(max(0, row), min(row + rows, size.rows)) {
      write(String(glyphs.vertical), row: row, column: column, style: style)
    }
  }

  /// The edge of a rectangle, with a title in its upper side when there is room for one.
  package mutating func box(
    row: Int, column: Int, rows: Int, columns: Int, title: String = "", glyphs: Glyphs, style: Style = .plain
  ) {
    guard rows >= 2, columns >= 2 else { return }
    let right = column + columns - 1
    let bottom = row + rows - 1
    horizontalLine(row: row, column: column + 1, columns: columns - 2, glyphs: glyphs, style: style)
    horizontalLine(row: bottom, column: column + 1, columns: columns - 2, glyphs: glyphs, style: style)
    verticalLine(row: row + 1, column: column, rows: rows - 2, glyphs: glyphs, style: style)
    verticalLine(row: row + 1, column: right, rows: rows - 2, glyphs: glyphs, style: style)
    write(String(glyphs.topLeft), row: row, column: column, style: style)
    write(String(glyphs.topRight), row: row, column: right, style: style)
    write(String(glyphs.bottomLeft), row: bottom, column: column, style: style)
    write(String(glyphs.bottomRight), row: bottom, column: right, style: style)
    if !title.isEmpty && columns > 6 {
      write(
        " \(title) ", row: row, column: column + 2, width: columns - 4, style: style, ellipsis: glyphs.ellipsis)
    }
  }
}
