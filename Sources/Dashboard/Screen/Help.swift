internal import Terminal

/// The help page, made from the bindings.
enum HelpLines {
  static func all(of view: DashboardView, width: Int, unicode: Bool) -> [StyledLine] {
    var lines: [StyledLine] = []
    for chapter in Bindings.chapters(of: view) {
      if !lines.isEmpty { lines.append(StyledLine()) }
      lines.append(StyledLine(chapter.title, .strong))
      for binding in chapter.bindings {
        let keys = binding.keys.map { $0.label(unicode: unicode) }.joined(separator: " ")
        let padded =
          keys + String(repeating: " ", count: max(2, (width < 40 ? 8 : 18) - TextWidth.columns(of: keys)))
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
    let lines = HelpLines.all(of: view, width: layout.size.columns, unicode: canvas.capabilities.unicode)
    let first = min(max(0, helpScroll ?? 0), max(0, lines.count - rows.count))
    canvas.write(lines, from: first, rows: rows, columns: 0..<max(0, layout.size.columns))
  }

  mutating func scrollHelp(_ motion: Motion) {
    let layout = ScreenLayout(self, size: size)
    guard let scroll = helpScroll, let rows = layout.help else { return }
    helpScroll = motion.scroll(from: scroll, lines: helpLineCount(layout), height: rows.count)
  }

  /// Keeps help inside its text; costs nothing while it is not scrolled.
  mutating func settleHelp(on layout: ScreenLayout) {
    guard let scroll = helpScroll, scroll > 0, let rows = layout.help else { return }
    helpScroll = min(scroll, max(0, helpLineCount(layout) - rows.count))
  }

  private func helpLineCount(_ layout: ScreenLayout) -> Int {
    HelpLines.all(of: view, width: layout.size.columns, unicode: true).count
  }
}
