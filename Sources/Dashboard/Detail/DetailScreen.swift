internal import BundleModel
internal import Terminal

/// The detail pane beside the table, or as a screen of its own.
extension DashboardState {
  func drawPane(_ canvas: inout Canvas, _ layout: TableLayout) {
    guard let pane = layout.pane, !pane.columns.isEmpty else { return }
    let inside = pane.inside
    if pane.columns.lowerBound > 0 {
      canvas.verticalLine(rows: pane.rows, column: pane.columns.lowerBound)
      if detail.hasFocus, let row = pane.rows.first {
        canvas.write(String(canvas.glyphs.pointer), row: row, column: pane.columns.lowerBound, role: .strong)
      }
    }
    let lines = paneLines(width: inside.count, &canvas)
    let first = min(detail.scroll, max(0, lines.count - pane.rows.count))
    canvas.write(lines, from: first, rows: pane.rows, columns: inside)
    guard connection.leavesDataStale else { return }
    for row in pane.rows {
      canvas.restyle(row: row, column: inside.lowerBound, columns: inside.count) { $0.attributes.insert(.dim) }
    }
  }

  private func paneLines(width: Int, _ canvas: inout Canvas) -> [StyledLine] {
    guard let slug = cursor.shown else { return [StyledLine("no bundle is selected", .dim)] }
    let name = UntrustedText.line(slug.text, limit: 120)
    if let failure = detail.failure, failure.slug == slug {
      let words = UntrustedText.line("cannot read the detail: \(failure.reason)")
      return [StyledLine(name, .strong)] + Wrapping.lines(words, width: width).map { StyledLine($0, .warning) }
    }
    guard let content = detail.content, content.status.slug == slug else {
      return [StyledLine(name, .strong), StyledLine(connection.isUsable ? "reading" : "not read yet", .dim)]
    }
    return DetailLines(content, width: width, canvas: &canvas).lines
  }

  /// How many lines the detail has in a pane, for scrolling.
  func paneLineCount(_ pane: TableLayout.Pane) -> Int {
    var canvas = Canvas(
      size: Size(columns: 0, rows: 0), capabilities: Capabilities(colors: .none, unicode: true),
      clock: RenderClock(now: Timestamp(microseconds: 0)), zone: .utc)
    return paneLines(width: pane.inside.count, &canvas).count
  }
}
