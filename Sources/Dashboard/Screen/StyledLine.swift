internal import BundleModel
internal import Terminal

/// A line of text in pieces of different looks.
struct StyledLine: Equatable, Sendable {
  struct Piece: Equatable, Sendable {
    var text: String
    var role: Role
  }

  var pieces: [Piece]

  init(_ text: String = "", _ role: Role = .plain) { pieces = [Piece(text: text, role: role)] }
  init(_ pieces: [(String, Role)]) { self.pieces = pieces.map { Piece(text: $0.0, role: $0.1) } }
}

/// Breaks text into lines that fit.
enum Wrapping {
  /// The lines of a text at a width: at line feeds, else at the last blank in the second half of a line, else
  /// between cells.
  static func lines(_ text: String, width: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      wrapped(line, width: max(1, width))
    }
  }

  private static func wrapped(_ line: Substring, width: Int) -> [String] {
    if line.utf8.count <= width { return [String(line)] }
    if line.utf8.allSatisfy({ $0 < 0x80 }) { return wrappedASCII(Array(line.utf8), width: width) }
    var cells = CellText(String(line))
    var out: [String] = []
    var current: [(text: String, columns: Int)] = []
    var used = 0
    while let cell = cells.next() {
      if used + cell.columns > width && used > 0 {
        let blank =
          cell.text == " " ? nil : current.lastIndex { $0.text == " " }.flatMap { $0 >= width / 2 ? $0 : nil }
        let rest = blank.map { Array(current[($0 + 1)...]) } ?? []
        out.append((blank.map { current[..<$0] } ?? current[...]).reduce(into: "") { $0 += $1.text })
        current = rest
        used = rest.reduce(0) { $0 + $1.columns }
        if cell.text == " " { continue }
      }
      current.append(cell)
      used += cell.columns
    }
    out.append(current.reduce(into: "") { $0 += $1.text })
    return out
  }

  private static func wrappedASCII(_ bytes: [UInt8], width: Int) -> [String] {
    var out: [String] = []
    var start = 0
    while bytes.count - start > width {
      var end = start + width
      if let blank = bytes[(start + width / 2)...(start + width)].lastIndex(of: 32), blank > start { end = blank }
      out.append(String(decoding: bytes[start..<end], as: UTF8.self))
      start = bytes[end] == 32 ? end + 1 : end
    }
    out.append(String(decoding: bytes[start...], as: UTF8.self))
    return out
  }
}

extension Canvas {
  /// Writes lines into a rectangle, starting with line `first`.
  mutating func write(_ lines: [StyledLine], from first: Int, rows: Range<Int>, columns: Range<Int>) {
    for (row, line) in zip(rows, lines.dropFirst(max(0, first))) {
      var column = columns.lowerBound
      for piece in line.pieces where column < columns.upperBound {
        column += write(
          piece.text, row: row, column: column, width: columns.upperBound - column, role: piece.role)
      }
    }
  }
}
