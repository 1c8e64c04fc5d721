/// How many columns a text takes once it stands in a frame.
package enum TextWidth {
  /// The sum over the cells that `Frame.write` would fill, were there room.
  package static func columns(of text: some StringProtocol) -> Int {
    var cells = CellText(String(text))
    var columns = 0
    while let cell = cells.next() { columns += cell.columns }
    return columns
  }
}
