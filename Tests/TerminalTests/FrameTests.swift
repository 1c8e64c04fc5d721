import Terminal
import Testing

@Suite("Frame")
struct FrameTests {
  @Test("text is cut between cells and never leaves the frame")
  func cuts() {
    var frame = Frame(size: Size(columns: 6, rows: 2))
    #expect(frame.write("ab日本", row: 0, column: 0, width: 5, ellipsis: "…") == 5)
    #expect(frame.write("日本語x", row: 1, column: 1, ellipsis: "…") == 5)
    #expect(frame.rows == ["ab日… ", " 日本…"])
    #expect(frame.write("x", row: 2, column: 0) == 0)
    #expect(frame.write("x", row: -1, column: 0) == 0)
    #expect(frame.write("x", row: 0, column: 6) == 0)
    #expect(frame.write("x", row: 0, column: -1) == 0)
    #expect(frame.write("日", row: 0, column: 5) == 0, "half a wide character is none")
  }

  @Test("an ellipsis behind a wide character that does not fit fills the room")
  func ellipsisFillsRoom() {
    var frame = Frame(size: Size(columns: 5, rows: 1))
    #expect(frame.write("abc日x", row: 0, column: 0, ellipsis: "…") == 5)
    #expect(frame.rows == ["abc… "])
    #expect(frame.write("exact", row: 0, column: 0, ellipsis: "…") == 5)
    #expect(frame.rows == ["exact"])
    #expect(frame.write("日", row: 0, column: 0, width: 1, ellipsis: "…") == 1)
    #expect(frame.rows == ["…xact"])
  }

  @Test("overwriting one half of a wide character blanks the other")
  func halves() {
    var frame = Frame(size: Size(columns: 4, rows: 1))
    frame.write("日本", row: 0, column: 0)
    frame.write("x", row: 0, column: 1)
    #expect(frame.rows == [" x本"])
    frame.write("y", row: 0, column: 2)
    #expect(frame.rows == [" xy "])
    frame.write("日本", row: 0, column: 0)
    frame.write("語", row: 0, column: 1)
    #expect(frame.rows == [" 語 "])
  }

  @Test("boxes and lines in both alphabets")
  func boxes() {
    var frame = Frame(size: Size(columns: 10, rows: 3))
    frame.box(row: 0, column: 0, rows: 3, columns: 10, title: "pods", glyphs: Glyphs(unicode: true))
    #expect(frame.text == "┌─ pods ─┐\n│        │\n└────────┘")
    frame.box(row: 0, column: 0, rows: 3, columns: 10, title: "a long title", glyphs: Glyphs(unicode: false))
    #expect(frame.text == "+- a lo~-+\n|        |\n+--------+")
    frame.box(row: 1, column: 8, rows: 9, columns: 9, glyphs: Glyphs(unicode: false))
    #expect(frame.rows[1].hasSuffix("+-"))
  }

  @Test("fill and restyle are clipped to the frame")
  func rectangles() {
    let red = Style(foreground: .ansi(1))
    var frame = Frame(size: Size(columns: 3, rows: 2))
    frame.write("abc", row: 0, column: 0)
    frame.restyle(row: -1, column: 1, rows: 2) { $0 = red }
    #expect(frame[0, 0].style == .plain)
    #expect(frame[0, 1] == Cell("b", style: red))
    #expect(frame[1, 1].style == .plain)
    frame.fill(row: 0, column: 2, rows: 50, columns: 50, style: red)
    #expect(frame.rows == ["ab ", "   "])
    #expect(frame[1, 2].style == red)
    frame.fill(row: 7)
    frame.fill(row: 0, rows: -2)
    #expect(frame.rows == ["ab ", "   "])
  }

  @Test("golden text shows size, cursor, row numbers and blanks")
  func golden() {
    var frame = Frame(size: Size(columns: 4, rows: 11))
    frame.write("a 日", row: 0, column: 0)
    frame.cursor = (10, 2)
    let lines = frame.numberedText().split(separator: "\n")
    #expect(lines[0] == "4x11 cursor 10,2")
    #expect(lines[1] == " 0|a·日|")
    #expect(lines[11] == "10|····|")
    #expect(Frame(size: Size(columns: -1, rows: 2)).rows == ["", ""])
  }
}
