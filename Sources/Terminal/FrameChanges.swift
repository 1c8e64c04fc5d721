/// What must be painted to turn one frame into another.
package struct FrameChanges: Equatable, Sendable {
  /// Changed characters that stand side by side.
  package struct Run: Hashable, Sendable {
    /// Counted from 0.
    package let row: Int
    /// Where the first character stands, counted from 0.
    package let column: Int
    /// The characters, each with its columns.
    package var cells: [PaintedCell]
  }

  /// One character as the painter needs it.
  package struct PaintedCell: Hashable, Sendable {
    /// A base and its marks.
    package let text: String
    /// How it is drawn.
    package let style: Style
    /// 1 or 2.
    package let columns: Int
  }

  package private(set) var runs: [Run] = []

  /// Characters, not columns.
  package var cellCount: Int { runs.reduce(0) { $0 + $1.cells.count } }

  /// Compares a frame with what the screen shows; nil is a blank screen. Cells beyond `clip` are left out.
  package init(from old: Frame?, to new: Frame, clip: Size) {
    let known = old?.size == new.size ? old : nil
    let rows = min(new.size.rows, clip.rows)
    // Buffers instead of arrays: this runs over every cell of every frame.
    new.cells.withUnsafeBufferPointer { cells in
      for row in 0..<rows {
        let range = row * new.size.columns..<(row + 1) * new.size.columns
        let wanted = UnsafeBufferPointer(rebasing: cells[range])
        guard let known else {
          compare(row: row, wanted, clip: clip.columns) { wanted[$0] == Self.blank }
          continue
        }
        known.cells.withUnsafeBufferPointer { shown in
          let shown = UnsafeBufferPointer(rebasing: shown[range])
          compare(row: row, wanted, clip: clip.columns) { column in
            shown[column] == wanted[column]
          }
        }
      }
    }
  }

  private static let blank = Cell()

  private mutating func compare(
    row: Int, _ cells: UnsafeBufferPointer<Cell>, clip: Int, isShown: (Int) -> Bool
  ) {
    let columns = min(cells.count, clip)
    var column = 0
    var next = -1  // where a cell would continue the run
    while column < columns {
      let width = column + 1 < cells.count && cells[column + 1].text.isEmpty ? 2 : 1
      defer { column += width }
      if column + width > columns || isShown(column) { continue }
      let cell = PaintedCell(text: cells[column].text, style: cells[column].style, columns: width)
      if next == column {
        runs[runs.count - 1].cells.append(cell)
      } else {
        runs.append(Run(row: row, column: column, cells: [cell]))
      }
      next = column + width
    }
  }
}
