/// One character cell of the screen.
package struct Cell: Hashable, Sendable {
  /// What stands here; an empty string is the second half of a wide character to the left.
  package var text: String
  /// How it is drawn.
  package var style: Style

  /// A cell as it is; only a frame keeps text that is fit for a terminal.
  package init(_ text: String = " ", style: Style = .plain) {
    self.text = text
    self.style = style
  }
}

/// A whole screen as a value: what the dashboard renders, tests compare and the painter paints.
///
/// Cells change only through `write`, `fill` and `restyle`, which keep two promises: no cell holds a control
/// scalar, and no wide character stands without its second half.
package struct Frame: Equatable, Sendable {
  /// Columns and rows, never negative.
  package let size: Size
  /// Row by row, `size.rows * size.columns` cells.
  package private(set) var cells: [Cell]
  /// Where the hardware cursor stands; nil hides it.
  package var cursor: (row: Int, column: Int)?

  /// A frame of blanks; negative sizes count as 0.
  package init(size: Size) {
    self.size = Size(columns: max(0, size.columns), rows: max(0, size.rows))
    cells = Array(repeating: Cell(), count: self.size.rows * self.size.columns)
  }

  /// Size, cells and cursor.
  package static func == (a: Frame, b: Frame) -> Bool {
    a.size == b.size && a.cells == b.cells && a.cursor?.row == b.cursor?.row && a.cursor?.column == b.cursor?.column
  }

  /// The cell at a place inside the frame.
  package subscript(row: Int, column: Int) -> Cell { cells[row * size.columns + column] }

  /// Writes one line of text of any origin and returns the columns it took.
  ///
  /// Nothing is written outside the frame or beyond `width` columns. A text that does not fit is cut between
  /// cells; with an `ellipsis` that one stands last and all of the room counts as used. A wide character of which
  /// only half would fit is left out.
  @discardableResult
  package mutating func write(
    _ text: some StringProtocol, row: Int, column: Int, width: Int? = nil, style: Style = .plain,
    ellipsis: Character? = nil
  ) -> Int {
    guard row >= 0, row < size.rows, column >= 0, column < size.columns else { return 0 }
    let room = min(width ?? Int.max, size.columns - column)
    guard room > 0 else { return 0 }
    let start = row * size.columns + column
    var text = String(text)
    if let used = writeASCII(&text, at: start, room: room, style: style) { return used }
    var used = 0
    var lastCut = 0  // the last boundary that leaves a column for the ellipsis
    var pieces = CellText(text)
    while let piece = pieces.next() {
      guard used + piece.columns <= room else {
        guard let ellipsis else { return used }
        let sign = CellText(String(ellipsis)).first { $0.columns == 1 }
        put(sign?.text ?? " ", columns: 1, at: start + lastCut, style: style)
        for blank in lastCut + 1..<max(room, lastCut + 1) { put(" ", columns: 1, at: start + blank, style: style) }
        return room
      }
      put(piece.text, columns: piece.columns, at: start + used, style: style)
      used += piece.columns
      if used < room { lastCut = used }
    }
    return used
  }

  /// Blanks a rectangle, clipped to the frame, in a style.
  package mutating func fill(
    row: Int, column: Int = 0, rows: Int = 1, columns: Int = Int.max, style: Style = .plain
  ) {
    visit(row: row, column: column, rows: rows, columns: columns) { frame, index in
      frame.put(" ", columns: 1, at: index, style: style)
    }
  }

  /// Changes the style of what stands in a rectangle, clipped to the frame, and leaves the text.
  package mutating func restyle(
    row: Int, column: Int = 0, rows: Int = 1, columns: Int = Int.max, _ change: (inout Style) -> Void
  ) {
    visit(row: row, column: column, rows: rows, columns: columns) { frame, index in
      change(&frame.cells[index].style)
    }
  }

  private mutating func visit(
    row: Int, column: Int, rows: Int, columns: Int, _ body: (inout Frame, Int) -> Void
  ) {
    let rowRange = Self.clip(row, rows, size.rows)
    let columnRange = Self.clip(column, columns, size.columns)
    for row in rowRange {
      for column in columnRange { body(&self, row * size.columns + column) }
    }
  }

  private static func clip(_ start: Int, _ count: Int, _ limit: Int) -> Range<Int> {
    let (sum, overflow) = start.addingReportingOverflow(max(0, count))
    let first = min(max(0, start), limit)
    return first..<max(first, min(overflow ? limit : sum, limit))
  }

  /// The short way for what most texts are: printable ASCII that fits. Nil, and nothing written, for any other.
  private mutating func writeASCII(_ text: inout String, at start: Int, room: Int, style: Style) -> Int? {
    text.withUTF8 { bytes in
      guard bytes.count <= room, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
      guard !bytes.isEmpty else { return 0 }
      if cells[start].text.isEmpty { cells[start - 1].text = " " }
      let end = start + bytes.count
      if end < cells.count && cells[end].text.isEmpty { cells[end].text = " " }
      cells.withUnsafeMutableBufferPointer { cells in
        CellText.ascii.withUnsafeBufferPointer { ascii in
          for (offset, byte) in bytes.enumerated() {
            cells[start + offset] = Cell(ascii[Int(byte)], style: style)
          }
        }
      }
      return bytes.count
    }
  }

  /// Puts one cell's text down; a wide character that loses a half becomes a blank.
  private mutating func put(_ text: String, columns: Int, at index: Int, style: Style) {
    if cells[index].text.isEmpty { cells[index - 1].text = " " }
    let end = index + columns
    if end < cells.count && cells[end].text.isEmpty { cells[end].text = " " }
    cells[index] = Cell(text, style: style)
    if columns == 2 { cells[index + 1] = Cell("", style: style) }
  }
}
