/// A step through rows or lines.
enum Motion: Hashable, Sendable {
  case up, down, pageUp, pageDown, first, last

  /// The place after the step, from `place` among `count`, with pages of `page`.
  func target(from place: Int, count: Int, page: Int) -> Int {
    let wanted =
      switch self {
      case .up: place - 1
      case .down: place + 1
      case .pageUp: place - max(1, page - 1)
      case .pageDown: place + max(1, page - 1)
      case .first: 0
      case .last: count - 1
      }
    return min(max(0, wanted), max(0, count - 1))
  }

  /// The first line to show after the step, of a text that is shown from line `first` on.
  func scroll(from first: Int, lines: Int, height: Int) -> Int {
    let last = max(0, lines - height)
    return target(from: min(first, last), count: last + 1, page: height)
  }
}
