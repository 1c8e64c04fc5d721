/// One mouse report; row and column count from 0.
package struct MouseEvent: Hashable, Sendable {
  /// What the mouse did.
  package enum Kind: Hashable, Sendable { case press, release, drag, wheelUp, wheelDown }
  /// What it did.
  package var kind: Kind
  /// From the top.
  package var row: Int
  /// From the left.
  package var column: Int
  /// A report as it is.
  package init(kind: Kind, row: Int, column: Int) {
    self.kind = kind
    self.row = row
    self.column = column
  }
}

extension MouseEvent {
  /// `button;column;row` of an SGR report, counted from 1; nil for what is no click, drag or wheel.
  init?(sgrParameters: String, isRelease: Bool) {
    let numbers = sgrParameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 3, let button = numbers[0], let column = numbers[1], let row = numbers[2] else {
      return nil
    }
    guard column >= 1, row >= 1 else { return nil }
    let kind: Kind
    switch button & ~0b11100 {  // without Shift, Alt and Control
    case 64: kind = .wheelUp
    case 65: kind = .wheelDown
    case 0...2: kind = isRelease ? .release : .press
    case 32...34: kind = .drag
    default: return nil
    }
    self.init(kind: kind, row: row - 1, column: column - 1)
  }
}
