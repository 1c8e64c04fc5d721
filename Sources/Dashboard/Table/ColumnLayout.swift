internal import Terminal

/// The columns of one table, declared from left to right.
protocol TableColumn: Hashable, Sendable, CaseIterable {
  /// The order in which columns get a place: what a person needs first.
  static var byImportance: [Self] { get }
  /// Says which row it is, behind a sign of two columns; always there, and wider where there is room.
  static var name: Self { get }
  /// Takes all the room that nobody else needs.
  static var note: Self { get }

  var title: String { get }
  /// Columns that it takes at least, in a table of so many.
  func width(in total: Int) -> Int
  /// Numbers stand at the right edge.
  var isRightAligned: Bool { get }
}

/// Which columns there is room for, and where they stand.
struct ColumnLayout<Column: TableColumn>: Equatable, Sendable {
  struct Place: Equatable, Sendable {
    var column: Column
    var start: Int
    var width: Int
  }

  let places: [Place]

  /// Gives room by importance, then what is left to the name and the note.
  init(width total: Int) {
    let gap = total < 60 ? 1 : 2
    var widths: [Column: Int] = [:]
    var used = 0
    for column in Column.byImportance {
      let width = column.width(in: total)
      let needed = width + (widths.isEmpty ? 0 : gap)
      guard used + needed <= total || widths.isEmpty else { break }
      widths[column] = min(width, max(0, total))
      used += needed
    }
    let rest = max(0, total - used)
    let forName = min(widths[.note] == nil ? rest : min(rest, 14), 40)
    widths[.name, default: 0] += forName
    if widths[.note] != nil { widths[.note, default: 0] += rest - forName }
    var start = 0
    var places: [Place] = []
    for column in Column.allCases {
      guard let width = widths[column] else { continue }
      places.append(Place(column: column, start: start, width: width))
      start += width + gap
    }
    self.places = places
  }
}

extension Canvas {
  /// Writes the titles of a table's columns and underlines all of its width.
  mutating func tableHead<Column>(
    row: Int, _ layout: ColumnLayout<Column>, width: Int, isSorted: (Column) -> Bool
  ) {
    for place in layout.places {
      let indent = place.column == .name ? "  " : ""
      let mark = isSorted(place.column) ? " \(glyphs.sortedDown)" : ""
      cell(indent + place.column.title + mark, row: row, place, role: .dim)
    }
    restyle(row: row, columns: width) { $0.attributes = [.dim, .underline] }
  }

  /// Writes one cell of a table.
  mutating func cell<Column>(_ text: String, row: Int, _ place: ColumnLayout<Column>.Place, role: Role = .plain) {
    let shift = place.column.isRightAligned ? max(0, place.width - columns(of: text)) : 0
    write(text, row: row, column: place.start + shift, width: place.width - shift, role: role)
  }

  /// Writes which row it is, behind its sign.
  mutating func nameCell<Column>(
    _ text: String, sign: Character, role: Role, row: Int, _ place: ColumnLayout<Column>.Place
  ) {
    write(String(sign), row: row, column: place.start, role: role)
    write(text, row: row, column: place.start + 2, width: place.width - 2)
  }

  /// Marks a row of a table as the selected one, and one whose data is old.
  mutating func markRow(_ row: Int, width: Int, isSelected: Bool, isStale: Bool) {
    guard isSelected || isStale else { return }
    restyle(row: row, columns: width) { style in
      if isSelected { style = Style(attributes: .reverse) }
      if isStale { style.attributes.insert(.dim) }
    }
    if isSelected { putCursor(row: row, column: 0) }
  }
}
