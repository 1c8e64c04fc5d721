extension Frame {
  /// The rows as plain text, trailing blanks kept, joined by line feeds.
  package var text: String { rows.joined(separator: "\n") }

  /// Each row as plain text of exactly `size.columns` columns.
  package var rows: [String] {
    (0..<size.rows).map { row in
      var line = ""
      for column in 0..<size.columns { line += self[row, column].text }
      return line
    }
  }

  /// The golden file format: a header with the size, then numbered rows with a middle dot for every blank.
  package func numberedText() -> String {
    let digits = String(max(0, size.rows - 1)).count
    var out = "\(size.columns)x\(size.rows)"
    if let cursor { out += " cursor \(cursor.row),\(cursor.column)" }
    out += "\n"
    for (number, row) in rows.enumerated() {
      let label = String(number)
      out += String(repeating: " ", count: digits - label.count) + label + "|"
      out += String(row.map { $0 == " " ? "·" : $0 }) + "|\n"
    }
    return out
  }
}
