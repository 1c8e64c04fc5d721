internal import BundleModel

/// The columns of the Bundles table, from left to right.
enum BundleColumn: CaseIterable, Sendable {
  case slug, state, stage, progress, version, size, checksum, pod, attempt, age, note

  /// The order in which columns get a place: what a person needs first.
  static let byImportance: [BundleColumn] = [
    .slug, .state, .age, .stage, .progress, .pod, .attempt, .size, .version, .checksum, .note,
  ]

  var title: String {
    switch self {
    case .slug: "SLUG"
    case .state: "STATE"
    case .stage: "STAGE"
    case .progress: "PROGRESS"
    case .version: "VERSION"
    case .size: "SIZE"
    case .checksum: "SHA-256"
    case .pod: "POD"
    case .attempt: "ATT"
    case .age: "AGE"
    case .note: "ERROR OR MESSAGE"
    }
  }

  /// Columns that it takes at least; the slug has its glyph in front.
  func width(in total: Int) -> Int {
    switch self {
    case .slug: 2 + (total < 40 ? 8 : total < 64 ? 14 : 20)
    case .state: 9
    case .stage: 14
    case .progress: 10
    case .version: 9
    case .size: 7
    case .checksum: total < 150 ? 8 : 12
    case .pod: total < 150 ? 10 : 16
    case .attempt: 5
    case .age: 5
    case .note: 24
    }
  }

  /// Numbers stand at the right edge.
  var isRightAligned: Bool { self == .size || self == .attempt || self == .age }

  /// The sort key that this column shows.
  var sortKey: SortKey? {
    switch self {
    case .slug: .slug
    case .state: .state
    case .age: .age
    case .size: .size
    case .attempt: .attempt
    case .stage, .progress, .version, .checksum, .pod, .note: nil
    }
  }
}

/// Which columns there is room for, and where they stand.
struct ColumnLayout: Equatable, Sendable {
  struct Place: Equatable, Sendable {
    var column: BundleColumn
    var start: Int
    var width: Int
  }

  let places: [Place]

  /// Gives room by importance, then what is left to the slug and the note.
  init(width total: Int) {
    let gap = total < 60 ? 1 : 2
    var widths: [BundleColumn: Int] = [:]
    var used = 0
    for column in BundleColumn.byImportance {
      let width = column.width(in: total)
      let needed = width + (widths.isEmpty ? 0 : gap)
      guard used + needed <= total || widths.isEmpty else { break }
      widths[column] = min(width, max(0, total))
      used += needed
    }
    var rest = max(0, total - used)
    let forSlug = widths[.note] == nil ? rest : min(rest, 14)
    widths[.slug, default: 0] += min(forSlug, 40)
    rest -= min(forSlug, 40)
    if widths[.note] != nil { widths[.note, default: 0] += rest }
    var start = 0
    var places: [Place] = []
    for column in BundleColumn.allCases {
      guard let width = widths[column] else { continue }
      places.append(Place(column: column, start: start, width: width))
      start += width + gap
    }
    self.places = places
  }
}
