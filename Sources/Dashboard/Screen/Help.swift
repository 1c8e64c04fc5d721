internal import Terminal

/// The help page, made from the bindings.
enum HelpLines {
  static func all(width: Int, _ canvas: Canvas) -> [StyledLine] {
    var lines: [StyledLine] = []
    for chapter in Bindings.chapters {
      if !lines.isEmpty { lines.append(StyledLine()) }
      lines.append(StyledLine(chapter.title, .strong))
      for binding in chapter.bindings {
        let keys = binding.keys.map { $0.label(unicode: canvas.capabilities.unicode) }.joined(separator: " ")
        let padded = keys + String(repeating: " ", count: max(2, (width < 40 ? 8 : 18) - canvas.columns(of: keys)))
        lines.append(StyledLine([("  " + padded, .key), (binding.description, .plain)]))
      }
    }
    lines.append(StyledLine())
    lines.append(StyledLine("The wheel scrolls, a click selects; Shift-drag selects text in most terminals.", .dim))
    return lines
  }
}

extension DashboardState {
  func drawHelp(_ canvas: inout Canvas, _ layout: ScreenLayout) {
    guard let rows = layout.help else { return }
    let lines = HelpLines.all(width: layout.size.columns, canvas)
    let first = min(max(0, helpScroll ?? 0), max(0, lines.count - rows.count))
    canvas.write(lines, from: first, rows: rows, columns: 0..<max(0, layout.size.columns))
  }
}
