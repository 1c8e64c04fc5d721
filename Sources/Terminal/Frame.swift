/// One character cell of the screen.
package struct Cell: Hashable, Sendable {
  /// What stands here; an empty string is the second half of a wide character to the left.
  package var text: String
  package var style: Style

  package init(_ text: String = " ", style: Style = .plain) {
    self.text = text
    self.style = style
  }
}

/// A whole screen as a value: what the dashboard renders, tests compare and the painter paints.
package struct Frame: Equatable, Sendable {
  package let size: Size
  /// Row by row, `size.rows * size.columns` cells.
  package private(set) var cells: [Cell]
  /// Where the hardware cursor stands; nil hides it.
  package var cursor: (row: Int, column: Int)?

  package init(size: Size) {
    self.size = size
    cells = Array(repeating: Cell(), count: size.rows * size.columns)
  }

  package static func == (a: Frame, b: Frame) -> Bool {
    a.size == b.size && a.cells == b.cells && a.cursor?.row == b.cursor?.row && a.cursor?.column == b.cursor?.column
  }

  package subscript(row: Int, column: Int) -> Cell {
    get { cells[row * size.columns + column] }
    set { cells[row * size.columns + column] = newValue }
  }
}
