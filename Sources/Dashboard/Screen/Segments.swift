internal import Terminal

/// A piece of a line that may be left out when the line is too narrow.
struct Segment: Sendable {
  var text: String
  var role: Role
  /// Higher survives longer.
  var priority: Int

  init(_ text: String, _ role: Role = .plain, priority: Int) {
    self.text = text
    self.role = role
    self.priority = priority
  }
}

extension Canvas {
  /// Writes pieces from the left and from the right edge, two blanks apart; what does not fit is left out, the least
  /// important first, and the last one left is cut.
  mutating func line(row: Int, left: [Segment], right: [Segment] = [], gap: Int = 2) {
    let width = frame.size.columns
    var pieces = left.map { (segment: $0, isLeft: true) } + right.map { (segment: $0, isLeft: false) }
    pieces.removeAll { $0.segment.text.isEmpty }
    var widths = pieces.map { columns(of: $0.segment.text) }
    while pieces.count > 1 && widths.reduce(0, +) + gap * (pieces.count - 1) > width {
      var least = 0
      for place in pieces.indices where pieces[place].segment.priority < pieces[least].segment.priority {
        least = place
      }
      pieces.remove(at: least)
      widths.remove(at: least)
    }
    var column = 0
    var remaining = zip(pieces, widths).filter { !$0.0.isLeft }.reduce(0) { $0 + $1.1 + gap } - gap
    var isAtRight = false
    for (piece, width) in zip(pieces, widths) {
      if !piece.isLeft && !isAtRight {
        isAtRight = true
        column = max(column, frame.size.columns - remaining)
      }
      write(piece.segment.text, row: row, column: column, role: piece.segment.role)
      column += width + gap
      if isAtRight { remaining -= width + gap }
    }
  }
}
