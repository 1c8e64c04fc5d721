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

extension Color {
  /// The nearest thing that the terminal can show.
  package func reduced(to level: Capabilities.ColorLevel) -> Color {
    switch (self, level) {
    case (.terminal, _), (_, .none): .terminal
    case (.ansi(let index), _): .ansi(index & 15)
    case (.indexed(let index), .indexed256): .indexed(index)
    case (.indexed(let index), .ansi16): .ansi(Self.nearestANSI(index))
    }
  }

  /// xterm's colour cube and grey ramp, folded to hue and brightness.
  private static func nearestANSI(_ index: UInt8) -> UInt8 {
    switch index {
    case 0...15: return index
    case 232...255: return [0, 8, 7, 15][Int(index - 232) / 6]
    default:
      let cube = Int(index) - 16
      let levels = [cube / 36, cube / 6 % 6, cube % 6]
      let strongest = levels.max() ?? 0
      guard strongest > 0 else { return 0 }
      var hue: UInt8 = 0
      for (bit, level) in levels.enumerated() where level * 5 >= strongest * 2 { hue |= 1 << UInt8(bit) }
      return strongest >= 4 ? hue + 8 : hue
    }
  }
}
