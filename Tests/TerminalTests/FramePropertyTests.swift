import Terminal
import TestSupport
import Testing

@Suite("Frame properties")
struct FramePropertyTests {
  private static let pieces = [
    "a", "Z", " ", "日", "本", "é", "e\u{301}", "\u{301}", "👍", "👨\u{200D}👩\u{200D}👧", "🇩🇪", "\u{1B}", "\u{9B}", "\n",
    "\r\n",
    "\t", "…", "─", "\u{200B}", "\u{FE0F}", "\u{202E}", "ａ", "각", "का",
  ]

  private static func text(_ random: inout SeededRandom) -> String {
    (0..<Int.random(in: 0...14, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
  }

  /// Every wide character has its second half and nothing else is empty; no control scalar is in.
  private static func isSound(_ frame: Frame) -> Bool {
    guard frame.cells.count == frame.size.rows * frame.size.columns else { return false }
    for row in 0..<frame.size.rows {
      var column = 0
      while column < frame.size.columns {
        let text = frame[row, column].text
        let columns = TextWidth.columns(of: text)
        guard columns == 1 || columns == 2, column + columns <= frame.size.columns else { return false }
        guard CellText(text).map(\.text) == [text] else { return false }
        if columns == 2 && !frame[row, column + 1].text.isEmpty { return false }
        column += columns
      }
    }
    return true
  }

  @Test("any sequence of writes keeps a frame sound", arguments: [1, 2, 3, 4] as [UInt64])
  func sound(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      let size = Size(columns: Int.random(in: 0...12, using: &random), rows: Int.random(in: 0...4, using: &random))
      var frame = Frame(size: size)
      for _ in 0..<12 {
        let row = Int.random(in: -1...4, using: &random)
        let column = Int.random(in: -2...12, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
          frame.fill(
            row: row, column: column, rows: Int.random(in: -1...3, using: &random),
            columns: Int.random(in: -1...9, using: &random))
        case 1:
          frame.box(
            row: row, column: column, rows: Int.random(in: 0...6, using: &random),
            columns: Int.random(in: 0...14, using: &random), title: Self.text(&random),
            glyphs: Glyphs(unicode: true))
        default:
          let text = Self.text(&random)
          let width = Bool.random(using: &random) ? Int.random(in: -1...14, using: &random) : nil
          let ellipsis: Character? = [nil, "…", "~", "日", "\u{1B}"].randomElement(using: &random)!
          let before = frame
          let used = frame.write(text, row: row, column: column, width: width, ellipsis: ellipsis)
          let isInside = (0..<size.rows).contains(row) && (0..<size.columns).contains(column)
          let room = isInside ? max(0, min(width ?? Int.max, size.columns - column)) : 0
          #expect(used <= room)
          let whole = TextWidth.columns(of: text)
          if whole <= room { #expect(used == whole) }
          if whole > room && ellipsis != nil { #expect(used == room) }
          if whole > room && ellipsis == nil { #expect(used >= room - 1) }
          for index in frame.cells.indices where frame.cells[index] != before.cells[index] {
            let (changedRow, changedColumn) = (index / size.columns, index % size.columns)
            // One column to either side may have lost its other half.
            #expect(changedRow == row && (column - 1...column + used).contains(changedColumn))
          }
        }
        #expect(Self.isSound(frame), "\(frame.rows)")
      }
    }
  }

  @Test("painting the changes on the old frame gives the new one", arguments: [5, 6] as [UInt64])
  func changes(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let size = Size(columns: 9, rows: 3)
    var old = Frame(size: size)
    for _ in 0..<1000 {
      var new = old
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        new.write(
          Self.text(&random), row: Int.random(in: 0..<3, using: &random),
          column: Int.random(in: 0..<9, using: &random),
          style: Style(foreground: .ansi(UInt8.random(in: 0...3, using: &random))))
      }
      var painted = old
      for run in FrameChanges(from: old, to: new, clip: size).runs {
        var column = run.column
        for cell in run.cells {
          painted.write(cell.text, row: run.row, column: column, style: cell.style)
          column += cell.columns
        }
      }
      #expect(painted.rows == new.rows)
      #expect(FrameChanges(from: painted, to: new, clip: size).runs.isEmpty)
      old = new
    }
  }
}
