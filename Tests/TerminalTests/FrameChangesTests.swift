import Terminal
import Testing

@Suite("Frame changes")
struct FrameChangesTests {
  private let size = Size(columns: 12, rows: 2)

  private func frame(_ rows: String...) -> Frame {
    var frame = Frame(size: size)
    for (row, text) in rows.enumerated() { frame.write(text, row: row, column: 0) }
    return frame
  }

  private func places(_ changes: FrameChanges) -> [String] {
    changes.runs.map { run in "\(run.row),\(run.column) " + run.cells.map(\.text).joined() }
  }

  @Test("only what changed, side by side in runs")
  func runs() {
    let changes = FrameChanges(from: frame("state 10", "same"), to: frame("state 25 x", "same"), clip: size)
    #expect(places(changes) == ["0,6 25", "0,9 x"])
    #expect(changes.cellCount == 3)
    #expect(FrameChanges(from: frame("a"), to: frame("a"), clip: size).runs.isEmpty)
  }

  @Test("on a blank screen blanks are not painted")
  func blank() {
    #expect(places(FrameChanges(from: nil, to: frame("a b", "日x"), clip: size)) == ["0,0 a", "0,2 b", "1,0 日x"])
    let larger = Frame(size: Size(columns: 13, rows: 2))
    #expect(places(FrameChanges(from: larger, to: frame("a"), clip: size)) == ["0,0 a"])
  }

  @Test("a wide character and what replaces its halves")
  func wide() {
    #expect(places(FrameChanges(from: frame("日x"), to: frame("ab日"), clip: size)) == ["0,0 ab日"])
    #expect(places(FrameChanges(from: frame("日x"), to: frame("a x"), clip: size)) == ["0,0 a "])
    let changes = FrameChanges(from: frame("ab"), to: frame("日"), clip: size)
    #expect(changes.runs.first?.cells.map(\.columns) == [2])
  }

  @Test("nothing is painted outside the screen, and no half")
  func clipped() {
    let clip = Size(columns: 3, rows: 1)
    #expect(places(FrameChanges(from: nil, to: frame("ab日cd", "below"), clip: clip)) == ["0,0 ab"])
  }

  @Test("a style alone is a change")
  func style() {
    var new = frame("abc")
    new.restyle(row: 0, column: 1, columns: 1) { $0.attributes.insert(.reverse) }
    #expect(places(FrameChanges(from: frame("abc"), to: new, clip: size)) == ["0,1 b"])
  }

  @Test(
    "colours come down to what the terminal has",
    arguments: [
      (Color.terminal, Color.terminal, Color.terminal),
      (.ansi(9), .ansi(9), .terminal),
      (.indexed(3), .ansi(3), .terminal),
      (.indexed(196), .ansi(9), .terminal),
      (.indexed(22), .ansi(2), .terminal),
      (.indexed(21), .ansi(12), .terminal),
      (.indexed(208), .ansi(11), .terminal),
      (.indexed(16), .ansi(0), .terminal),
      (.indexed(232), .ansi(0), .terminal),
      (.indexed(244), .ansi(7), .terminal),
      (.indexed(255), .ansi(15), .terminal),
    ])
  func colors(color: Color, sixteen: Color, none: Color) {
    #expect(color.reduced(to: .indexed256) == color)
    #expect(color.reduced(to: .ansi16) == sixteen)
    #expect(color.reduced(to: .none) == none)
  }

  @Test("only the cells that differ are painted on a full screen")
  func onlyDifferences() {
    let size = Size(columns: 120, rows: 40)
    func render(_ tick: Int) -> Frame {
      var frame = Frame(size: size)
      for row in 0..<40 {
        frame.write("bundle-number-\(row)", row: row, column: 0, width: 30, ellipsis: "…")
        frame.write("packaging", row: row, column: 31, width: 20, style: Style(foreground: .ansi(2)))
        frame.write("████████░░░░░░░░", row: row, column: 52, width: 20)
        frame.write("attempt \(tick) of this bundle, by the first pod of them all", row: row, column: 73)
      }
      return frame
    }
    let before = render(1)
    for tick in 2..<10 {
      // One digit a row; all else stays as it is.
      #expect(FrameChanges(from: before, to: render(tick), clip: size).cellCount == 40)
    }
  }
}
