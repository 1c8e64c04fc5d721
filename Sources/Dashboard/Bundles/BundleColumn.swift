/// The columns of the Bundles table, from left to right.
enum BundleColumn: TableColumn {
  case slug, state, stage, progress, version, size, checksum, pod, attempt, age, note

  static let byImportance: [BundleColumn] = [
    .slug, .state, .age, .stage, .progress, .pod, .attempt, .size, .version, .checksum, .note,
  ]
  static let name = BundleColumn.slug

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
