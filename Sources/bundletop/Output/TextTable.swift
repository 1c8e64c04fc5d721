internal import BundleModel
internal import Terminal

/// Rows under headings, columns as wide as their widest cell. Text is made harmless on the way.
struct TextTable {
  enum Alignment { case left, right }

  private let headings: [(title: String, alignment: Alignment)]
  private var rows: [[String]] = []

  init(_ headings: [(title: String, alignment: Alignment)]) { self.headings = headings }

  mutating func add(_ cells: [String]) { rows.append(cells.map { UntrustedText.line($0) }) }

  /// The whole table, without blanks at the ends of lines.
  var text: String {
    let all = [headings.map(\.title)] + rows
    let widths = headings.indices.map { column in all.map { TextWidth.columns(of: $0[column]) }.max() ?? 0 }
    return all.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let gap = String(repeating: " ", count: widths[column] - TextWidth.columns(of: cell))
        line += (column == 0 ? "" : "  ") + (headings[column].alignment == .right ? gap + cell : cell + gap)
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
